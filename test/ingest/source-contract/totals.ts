import { samples } from '../../e2e/support/exposition.ts';
import { type Call, PRICES, type Totals } from './contract.ts';

/** What the calls come to, by arithmetic of its own. The same call twice is once. */
export function totalsOf(calls: readonly Call[], priceFactor = 1): Totals {
  const tokens = new Map<string, number>();
  const costNanoUsd = new Map<string, number>();
  const requests = new Map<string, number>();
  for (const call of new Map(calls.map((each) => [each.id, each])).values()) {
    const series = [call.provider, call.model, call.tenant].join(' ');
    add(requests, series, 1);
    const price = PRICES[call.model];
    const classes = [
      ['input', call.input, price?.input],
      ['cache_read', call.cacheRead, price?.cacheRead],
      ['output', call.output, price?.output],
      ['reasoning', call.reasoning, price?.output],
    ] as const;
    for (const [type, count, rate] of classes) {
      add(tokens, `${series} ${type}`, count);
      add(costNanoUsd, `${series} ${type}`, count * (rate ?? 0) * priceFactor);
    }
  }
  return withoutZeros({ tokens, costNanoUsd, requests });
}

/** What a scrape says of the tenants of one run. */
export function scrapedTotals(exposition: string, tenants: ReadonlySet<string>): Totals {
  const tokens = new Map<string, number>();
  const costNanoUsd = new Map<string, number>();
  const requests = new Map<string, number>();
  for (const [series, value] of samples(exposition)) {
    const label = (name: string) => new RegExp(`[{,]${name}="([^"]*)"`).exec(series)?.[1] ?? '';
    if (!tenants.has(label('tenant_id'))) continue;
    const owner = [label('provider'), label('model'), label('tenant_id')].join(' ');
    const [family] = series.split('{');
    if (family === 'llm_tokens_total') add(tokens, `${owner} ${label('token_type')}`, value);
    if (family === 'llm_requests_total') add(requests, owner, value);
    if (family === 'llm_cost_total')
      add(costNanoUsd, `${owner} ${label('token_type')}`, Math.round(value * 1e9));
  }
  return withoutZeros({ tokens, costNanoUsd, requests });
}

/** A counter of the exporter itself. */
export function counterOf(exposition: string, name: string, labels: readonly string[]): number {
  let sum = 0;
  for (const [series, value] of samples(exposition)) {
    if (series.split('{')[0] === name && labels.every((label) => series.includes(label))) sum += value;
  }
  return sum;
}

export function add(sums: Map<string, number>, key: string, value: number): void {
  sums.set(key, (sums.get(key) ?? 0) + value);
}

function withoutZeros({ tokens, costNanoUsd, requests }: Totals): Totals {
  const filled = (sums: ReadonlyMap<string, number>) =>
    new Map([...sums].filter(([, value]) => value !== 0).sort());
  return { tokens: filled(tokens), costNanoUsd: filled(costNanoUsd), requests: filled(requests) };
}
