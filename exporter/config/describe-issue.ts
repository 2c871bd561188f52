import type { Document, LineCounter, Node } from 'yaml';
import { isMap, isScalar } from 'yaml';
import { z } from 'zod';
import type { Override } from './load.ts';
import { configSchema } from './schema.ts';

export interface YamlFile {
  readonly path: string;
  readonly document: Document;
  readonly lines: LineCounter;
}

type Path = readonly (string | number)[];

/** A mistake as `file:line: field: what is expected, what is there`; one line for each unknown key. */
export function describeIssue(
  issue: z.core.$ZodIssue,
  file: YamlFile | undefined,
  overrides: readonly Override[],
): string[] {
  const path = issue.path as Path;
  if (issue.code === 'unrecognized_keys') {
    const expected = `unknown key, expected ${allowedAt(path)}`;
    return issue.keys.map((key) => `${place([...path, key], file)}${[...path, key].join('.')}: ${expected}`);
  }
  const override = overrides.find(({ field }) => field === path[0]);
  const where = override ? `${override.from}: ` : place(path, file);
  return [`${where}${path.join('.') || 'the whole file'}: ${expectation(issue)}`];
}

/** `Invalid input: expected number, received string` with what was there instead of its type. */
export function expectation(issue: z.core.$ZodIssue): string {
  const expected = issue.message.replace(/^(Invalid|Too) \w+: /, '').replace(/, received .*$/, '');
  return `${expected}, got ${nameOf(issue.input)}`;
}

/** Where a field stands, or the nearest that contains it. */
function place(path: Path, file: YamlFile | undefined): string {
  if (!file) return '';
  const offset = offsetOf(path, file.document);
  return offset === undefined ? `${file.path}: ` : `${file.path}:${file.lines.linePos(offset).line}: `;
}

function offsetOf(path: Path, document: Document): number | undefined {
  if (path.length === 0) return document.contents?.range?.[0];
  const parent = document.getIn(path.slice(0, -1), true);
  const pair = isMap(parent)
    ? parent.items.find(({ key }) => isScalar(key) && String(key.value) === String(path.at(-1)))
    : undefined;
  const node = (pair?.key ?? document.getIn(path, true)) as Node | undefined;
  return node?.range?.[0] ?? offsetOf(path.slice(0, -1), document);
}

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly additionalProperties?: Schema | false;
}

function allowedAt(path: Path): string {
  let schema = z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' }) as Schema | undefined;
  for (const key of path) {
    schema = schema?.properties?.[key] ?? schema?.items ?? (schema?.additionalProperties || undefined);
  }
  return Object.keys(schema?.properties ?? {}).join(', ');
}

function nameOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'a mapping';
  return JSON.stringify(value);
}
