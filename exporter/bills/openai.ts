import { z } from 'zod';
import { amountOf, labelText, tokenCount, usdCurrency } from './answer-shape.ts';
import type { Ask, BillReader, BillWindow } from './bill.ts';
import { bucketPages } from './bucket-pages.ts';
import { billOf } from './day-sums.ts';
import { daysOf } from './utc-days.ts';

const COSTS = '/organization/costs';
/** What is billed by the token. Images and audio have counts of their own and no tokens here. */
const USAGE = ['/organization/usage/completions', '/organization/usage/embeddings'] as const;

const bucketOf = <Row>(row: z.ZodType<Row>) => z.object({ start_time: z.int(), results: z.array(row) });

const costBucket = bucketOf(
  z.object({
    amount: z.object({ value: amountOf(9), currency: usdCurrency }),
    line_item: labelText.nullish(),
    project_id: labelText.nullish(),
  }),
);

const usageBucket = bucketOf(z.object({ input_tokens: tokenCount, output_tokens: tokenCount.nullish() }));

/**
 * The costs endpoint is what the invoice is made of; usage times price is not. A line item is `gpt-4o-2024-08-06, input`
 * or the name of something else. Amounts come as numbers and as text.
 */
export const openaiBill: BillReader = {
  provider: 'openai',
  baseUrl: 'https://api.openai.com/v1',
  headers: (adminKey) => ({ authorization: `Bearer ${adminKey}` }),
  async read(ask, window) {
    const costs = await bucketPages(
      ask,
      COSTS,
      [...daily(window), ['group_by[]', 'line_item'], ['group_by[]', 'project_id']],
      costBucket,
    );
    return billOf(
      window,
      costs.map(({ start_time, results }) => ({
        dayMs: start_time * 1000,
        rows: results.map(({ amount, line_item, project_id }) => ({
          key: JSON.stringify([line_item, project_id]),
          model: line_item?.split(', ', 1)[0] ?? '',
          projectId: project_id ?? '',
          amount: amount.value,
        })),
      })),
      await tokenBuckets(ask, window),
    );
  },
};

async function tokenBuckets(ask: Ask, window: BillWindow) {
  const buckets = [];
  for (const path of USAGE) {
    for (const { start_time, results } of await bucketPages(ask, path, daily(window), usageBucket)) {
      const rows = results.map(({ input_tokens, output_tokens }) => ({
        key: path,
        amount: input_tokens + (output_tokens ?? 0),
      }));
      buckets.push({ dayMs: start_time * 1000, rows });
    }
  }
  return buckets;
}

function daily(window: BillWindow): [string, string][] {
  return [
    ['start_time', String(window.fromMs / 1000)],
    ['bucket_width', '1d'],
    ['limit', String(daysOf(window).length)],
  ];
}
