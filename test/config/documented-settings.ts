import { z } from 'zod';
import { configSchema } from '../../exporter/config/schema.ts';

export interface Setting {
  /** `limits.body_bytes`, `pricing.models[].model`, `budgets.tenants.<name>.monthly_usd`. */
  readonly key: string;
  readonly type: string;
  /** JSON, `required`, or empty where there is none. */
  readonly byDefault: string;
}

interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly additionalProperties?: Schema | false;
  readonly enum?: readonly string[];
  readonly default?: unknown;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
}

/** What the schema says of every setting that holds a value; the meters of a long context as one. */
export function settings(): Setting[] {
  const schema = z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' }) as Schema;
  const found = leaves('', schema, false).map((setting) => ({
    ...setting,
    key: setting.key.replace(/(long_context\.usd_per_million)\.\w+$/, '$1.<meter>'),
  }));
  return found.filter(({ key }, at) => found.findIndex((other) => other.key === key) === at);
}

function leaves(key: string, schema: Schema, isRequired: boolean): Setting[] {
  if (schema.properties) {
    return Object.entries(schema.properties).flatMap(([name, inner]) =>
      leaves(key === '' ? name : `${key}.${name}`, inner, schema.required?.includes(name) ?? false),
    );
  }
  const byDefault = schema.default === undefined ? '' : JSON.stringify(schema.default);
  if (schema.items && byDefault !== '' && byDefault !== '[]') return [{ key, type: 'list', byDefault }];
  if (schema.items) return leaves(`${key}[]`, schema.items, false);
  if (schema.additionalProperties) return leaves(`${key}.<name>`, schema.additionalProperties, false);
  return [{ key, type: typeOf(schema), byDefault: isRequired ? 'required' : byDefault }];
}

function typeOf(schema: Schema): string {
  if (schema.enum) return schema.enum.join(', ');
  const name =
    { integer: 'whole number', number: 'number', boolean: 'true, false' }[schema.type ?? ''] ?? 'text';
  const bounds = [
    schema.minimum === undefined ? '' : `≥ ${schema.minimum}`,
    schema.exclusiveMinimum === undefined ? '' : `> ${schema.exclusiveMinimum}`,
    schema.maximum === undefined || schema.maximum === Number.MAX_SAFE_INTEGER ? '' : `≤ ${schema.maximum}`,
  ].filter((bound) => bound !== '');
  return [name, ...bounds].join(' ');
}
