import type { ModelSwap } from '../../app/what-if.ts';
import { type Config, configSchema } from '../../config/schema.ts';
import { ConfigError } from '../../domain/errors.ts';

type OwnModel = Config['pricing']['models'][number];

interface Named {
  readonly provider: string;
  readonly model: string;
}

/** `openai/gpt-4o=openai/gpt-4o-mini`. */
export function readSwaps(texts: readonly string[]): ModelSwap[] {
  return texts.map((text) => {
    const [from, to, ...more] = text.split('=').map(named);
    if (from && to && more.length === 0 && !to.model.endsWith('*')) return { from, to };
    throw wrong('--model', text, 'provider/model=provider/model, such as openai/gpt-4o=openai/gpt-4o-mini');
  });
}

/** `openai/gpt-4o:input=2.5,output=10`, checked as the configuration's own prices are. */
export function readPrices(texts: readonly string[]): OwnModel[] {
  return texts.map((text) => {
    const at = text.lastIndexOf(':');
    const model = named(text.slice(0, Math.max(0, at)));
    const rates = text
      .slice(at + 1)
      .split(',')
      .map((rate) => rate.split('='));
    const example = 'provider/model:meter=usd,…, such as openai/gpt-4o:input=2.5,output=10';
    if (!model || !rates.every(([name, usd]) => name && usd && usd.trim() !== ''))
      throw wrong('--price', text, example);
    const usd_per_million = Object.fromEntries(rates.map(([name, usd]) => [name, Number(usd)]));
    const result = configSchema.safeParse({ pricing: { models: [{ ...model, usd_per_million }] } });
    if (result.success) return result.data.pricing.models[0]!;
    const [issue] = result.error.issues;
    throw wrong('--price', text, `${example} (${issue?.path.slice(3).join('.')}: ${issue?.message})`);
  });
}

/** `tenant:acme=500`: the section with that limit, for as long as an override of it would hold, too. */
export function readBudgets(texts: readonly string[], section: Config['budgets']): Config['budgets'] {
  return texts.reduce((budgets, text) => withLimit(budgets, text), section);
}

function withLimit(budgets: Config['budgets'], text: string): Config['budgets'] {
  const at = text.lastIndexOf('=');
  const name = text.slice(0, Math.max(0, at));
  const limit = Number(text.slice(at + 1) || Number.NaN);
  if (name === '' || !(limit > 0) || !Number.isFinite(limit))
    throw wrong('--budget', text, 'name=limit, such as organization=500');
  const tenant = name.startsWith('tenant:') ? name.slice('tenant:'.length) : undefined;
  if (budgets.definitions.some((one) => one.name === name)) {
    const definitions = budgets.definitions.map((one) =>
      one.name === name ? { ...one, limit, override: undefined } : one,
    );
    return { ...budgets, definitions };
  }
  if (name === 'organization') return { ...budgets, monthly_usd: limit };
  if (tenant) return { ...budgets, tenants: { ...budgets.tenants, [tenant]: { monthly_usd: limit } } };
  const known = budgets.definitions.map((one) => one.name);
  throw wrong('--budget', text, `one of ${[...known, 'organization', 'tenant:<id>'].join(', ')}`);
}

function named(text: string): Named | undefined {
  const at = text.indexOf('/');
  const [provider, model] = [text.slice(0, at).trim(), text.slice(at + 1).trim()];
  return at > 0 && provider !== '' && model !== '' ? { provider, model } : undefined;
}

function wrong(flag: string, text: string, expected: string): ConfigError {
  return new ConfigError([`simulate: ${flag} is ${JSON.stringify(text)}, expected ${expected}`]);
}
