import type { UsageCostsResponse } from 'openai/resources/admin/organization/usage';
import { daysFrom, type FakeBooks, KEY, pageOf, serveProvider } from './fake-provider.ts';

const seconds = (day: string) => Date.parse(day) / 1000;

/** `/organization/costs` and `/organization/usage/*` as OpenAI documents them; all tokens are completions. */
export function serveOpenAi(books: FakeBooks, nowMs: () => number) {
  return serveProvider(
    ({ authorization }) => authorization === `Bearer ${KEY}`,
    (path, query): UsageCostsResponse | undefined => {
      if (query.get('bucket_width') !== '1d') return undefined;
      const days = daysFrom(Number(query.get('start_time')) * 1000, nowMs());
      const resultsOf = {
        '/v1/organization/costs': costs,
        '/v1/organization/usage/completions': completions,
      }[path];
      if (path === '/v1/organization/usage/embeddings') return page(days.map((day) => bucket(day, [])));
      if (path === '/v1/organization/costs' && query.getAll('group_by[]').join() !== 'line_item,project_id') {
        return undefined;
      }
      return resultsOf && page(days.map((day) => bucket(day, resultsOf(day))));

      function page(buckets: UsageCostsResponse.Data[]): UsageCostsResponse {
        return { object: 'page', ...pageOf(buckets, query, books) };
      }
    },
  );

  function costs(day: string): UsageCostsResponse.Data['results'] {
    return books.costs
      .filter((cost) => cost.day === day)
      .map(({ model, project, amount }) => ({
        object: 'organization.costs.result',
        // The SDK's type says number; the API answers with text as well.
        amount: { value: amount as number, currency: books.currency.toLowerCase() },
        line_item: model,
        project_id: project ?? null,
      }));
  }

  function completions(day: string): UsageCostsResponse.Data['results'] {
    const tokens = books.tokens[day];
    if (tokens === undefined) return [];
    return [
      {
        object: 'organization.usage.completions.result',
        input_tokens: tokens - 1,
        output_tokens: 1,
        input_cached_tokens: Math.floor(tokens / 2),
        num_model_requests: 1,
        model: null,
        project_id: null,
      },
    ];
  }
}

function bucket(day: string, results: UsageCostsResponse.Data['results']): UsageCostsResponse.Data {
  return { object: 'bucket', start_time: seconds(day), end_time: seconds(day) + 86_400, results };
}
