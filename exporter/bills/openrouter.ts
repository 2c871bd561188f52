import { z } from 'zod';
import { amountOf, labelText, shaped, tokenCount } from './answer-shape.ts';
import type { BillReader } from './bill.ts';
import { billOf } from './day-sums.ts';

const ACTIVITY = '/activity';

const activity = z.object({
  data: z.array(
    z.object({
      date: z.string().regex(/^\d{4}-\d{2}-\d{2}/, { error: 'expected a day' }),
      model: labelText,
      endpoint_id: z.string().nullish(),
      workspace_id: labelText.nullish(),
      /** USD that OpenRouter charges. `byok_usage_inference` is left out: it is on the bill of whose key was used. */
      usage: amountOf(9),
      prompt_tokens: tokenCount,
      completion_tokens: tokenCount,
    }),
  ),
});

/** Finished days only, one answer for the last 30 of them; a day without calls has no row, so it stays unknown. */
export const openrouterBill: BillReader = {
  provider: 'openrouter',
  baseUrl: 'https://openrouter.ai/api/v1',
  headers: (adminKey) => ({ authorization: `Bearer ${adminKey}` }),
  async read(ask, window) {
    const { data } = shaped(activity, ACTIVITY, await ask(ACTIVITY, []));
    const days = [...Map.groupBy(data, ({ date }) => Date.parse(date.slice(0, 10)))];
    return billOf(
      window,
      days.map(([dayMs, rows]) => ({
        dayMs,
        rows: rows.map(({ model, endpoint_id, workspace_id, usage }) => ({
          key: JSON.stringify([model, endpoint_id, workspace_id]),
          model,
          projectId: workspace_id ?? '',
          amount: usage,
        })),
      })),
      days.map(([dayMs, rows]) => ({
        dayMs,
        rows: rows.map(({ prompt_tokens, completion_tokens }) => ({
          key: '',
          amount: prompt_tokens + completion_tokens,
        })),
      })),
    );
  },
};
