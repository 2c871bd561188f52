import type { Usage } from './usage-workload.ts';

export interface Sample {
  readonly family: string;
  readonly type: 'counter' | 'gauge';
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const USD_PER_TOKEN = 2.5e-6;

/** The samples that one event adds to, the same as ours: tokens and cost by token type, requests, cost of the month. */
export function samplesOf(event: ReturnType<Usage['event']>): readonly Sample[] {
  const { provider, model, tenant_id, team, feature, environment, usage } = event;
  const labels = { provider, model, tenant_id, team, feature, environment };
  const quantities = {
    input: usage.input_tokens - usage.cache_read_tokens,
    cache_read: usage.cache_read_tokens,
    output: usage.output_tokens,
  };
  const category = 'api_external';
  const tokens = Object.entries(quantities);
  const costOf = (value: number) => value * USD_PER_TOKEN;
  return [
    ...tokens.map(([token_type, value]): Sample => {
      return { family: 'llm_tokens_total', type: 'counter', labels: { ...labels, token_type }, value };
    }),
    ...tokens.map(([token_type, value]): Sample => {
      const own = { ...labels, category, token_type };
      return { family: 'llm_cost_total', type: 'counter', labels: own, value: costOf(value) };
    }),
    { family: 'llm_requests_total', type: 'counter', labels: { ...labels, status: 'success' }, value: 1 },
    {
      family: 'llm_cost_month_to_date_usd',
      type: 'gauge',
      // No feature: the family has one label less, and all features of a team share a row in ours.
      labels: { tenant_id, team, model, provider, category, environment },
      value: tokens.reduce((sum, [, value]) => sum + costOf(value), 0),
    },
  ];
}
