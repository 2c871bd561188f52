import { daysFrom, type FakeBooks, KEY, pageOf, serveProvider } from './fake-provider.ts';

/** `/v1/organizations/cost_report` and `/usage_report/messages` as Anthropic documents them. */
export function serveAnthropic(books: FakeBooks, nowMs: () => number) {
  return serveProvider(
    (headers) => headers['x-api-key'] === KEY && headers['anthropic-version'] === '2023-06-01',
    (path, query) => {
      if (query.get('bucket_width') !== '1d') return undefined;
      const days = daysFrom(Date.parse(query.get('starting_at') ?? ''), nowMs());
      const resultsOf = {
        '/v1/organizations/cost_report': costs,
        '/v1/organizations/usage_report/messages': usage,
      }[path];
      if (path.endsWith('cost_report') && query.getAll('group_by[]').join() !== 'workspace_id,description') {
        return undefined;
      }
      const buckets = days.map((day) => ({
        starting_at: `${day}T00:00:00Z`,
        ending_at: new Date(Date.parse(day) + 86_400_000).toISOString(),
        results: resultsOf?.(day),
      }));
      return resultsOf && pageOf(buckets, query, books);
    },
  );

  function costs(day: string): object[] {
    return books.costs
      .filter((cost) => cost.day === day)
      .map(({ model, project, amount }) => ({
        amount,
        currency: books.currency,
        cost_type: model === null ? 'web_search' : 'tokens',
        token_type: model === null ? null : 'output_tokens',
        model,
        service_tier: model === null ? null : 'standard',
        context_window: model === null ? null : '0-200k',
        description: model === null ? 'Web Search Usage' : `${model} Usage - Output Tokens`,
        workspace_id: project ?? null,
      }));
  }

  function usage(day: string): object[] {
    const tokens = books.tokens[day];
    if (tokens === undefined) return [];
    return [
      {
        uncached_input_tokens: tokens - 10,
        cache_creation: { ephemeral_5m_input_tokens: 1, ephemeral_1h_input_tokens: 2 },
        cache_read_input_tokens: 3,
        output_tokens: 4,
        server_tool_use: { web_search_requests: 10 },
        api_key_id: null,
        model: null,
        workspace_id: null,
        service_tier: null,
        context_window: null,
        inference_geo: null,
      },
    ];
  }
}
