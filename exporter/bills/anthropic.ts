import { z } from 'zod';
import { amountOf, labelText, tokenCount, usdCurrency } from './answer-shape.ts';
import type { BillReader, BillWindow } from './bill.ts';
import { bucketPages } from './bucket-pages.ts';
import { billOf } from './day-sums.ts';
import { daysOf } from './utc-days.ts';

const COSTS = '/v1/organizations/cost_report';
const USAGE = '/v1/organizations/usage_report/messages';

const bucketOf = <Row>(row: z.ZodType<Row>) =>
  z.object({ starting_at: z.iso.datetime({ offset: true }), results: z.array(row) });

const costBucket = bucketOf(
  z.object({
    /** Decimal text in cents: "123.45" is 1.2345 USD. */
    amount: amountOf(7),
    currency: usdCurrency,
    cost_type: labelText.nullish(),
    description: labelText.nullish(),
    model: labelText.nullish(),
    workspace_id: labelText.nullish(),
  }),
);

const usageBucket = bucketOf(
  z.object({
    uncached_input_tokens: tokenCount,
    cache_creation: z
      .object({ ephemeral_5m_input_tokens: tokenCount, ephemeral_1h_input_tokens: tokenCount })
      .nullish(),
    cache_read_input_tokens: tokenCount,
    output_tokens: tokenCount,
  }),
);

/** Priority Tier is in the usage and not in the costs; code execution the other way round. */
export const anthropicBill: BillReader = {
  provider: 'anthropic',
  baseUrl: 'https://api.anthropic.com',
  headers: (adminKey) => ({ 'x-api-key': adminKey, 'anthropic-version': '2023-06-01' }),
  async read(ask, window) {
    const costs = await bucketPages(
      ask,
      COSTS,
      [...daily(window), ['group_by[]', 'workspace_id'], ['group_by[]', 'description']],
      costBucket,
    );
    const usage = await bucketPages(ask, USAGE, daily(window), usageBucket);
    return billOf(
      window,
      costs.map(({ starting_at, results }) => ({
        dayMs: Date.parse(starting_at),
        rows: results.map(({ amount, cost_type, description, model, workspace_id }) => ({
          key: JSON.stringify([workspace_id, description, model, cost_type]),
          model: model ?? cost_type ?? description ?? '',
          projectId: workspace_id ?? '',
          amount,
        })),
      })),
      usage.map(({ starting_at, results }) => ({
        dayMs: Date.parse(starting_at),
        rows: results.map((row) => ({
          key: '',
          amount:
            row.uncached_input_tokens +
            (row.cache_creation?.ephemeral_5m_input_tokens ?? 0) +
            (row.cache_creation?.ephemeral_1h_input_tokens ?? 0) +
            row.cache_read_input_tokens +
            row.output_tokens,
        })),
      })),
    );
  },
};

function daily(window: BillWindow): [string, string][] {
  return [
    ['starting_at', new Date(window.fromMs).toISOString()],
    ['bucket_width', '1d'],
    ['limit', String(daysOf(window).length)],
  ];
}
