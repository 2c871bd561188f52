import { type FakeBooks, KEY, serveProvider } from './fake-provider.ts';

/** `/api/v1/activity` as OpenRouter documents it: finished days only. The day's tokens are on its first row. */
export function serveOpenRouter(books: FakeBooks, nowMs: () => number) {
  return serveProvider(
    ({ authorization }) => authorization === `Bearer ${KEY}`,
    (path) => {
      if (path !== '/api/v1/activity') return undefined;
      const finished = books.costs.filter(({ day }) => Date.parse(day) + 86_400_000 <= nowMs());
      return {
        data: finished.map(({ day, model, project, amount }, index) => ({
          date: day,
          model,
          model_permaslug: `${model}-2025-04-14`,
          endpoint_id: `550e8400-e29b-41d4-a716-${String(index).padStart(12, '0')}`,
          provider_name: 'OpenAI',
          usage: amount,
          byok_usage_inference: 777,
          requests: 5,
          prompt_tokens: isFirst(index) ? (books.tokens[day] ?? 0) : 0,
          completion_tokens: 0,
          reasoning_tokens: 0,
          ...(project !== undefined && { workspace_id: project }),
        })),
      };

      function isFirst(index: number): boolean {
        return finished.findIndex(({ day }) => day === finished[index]?.day) === index;
      }
    },
  );
}
