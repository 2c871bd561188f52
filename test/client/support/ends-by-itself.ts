/** A process that tells of calls and has nothing else to do: it neither flushes nor closes. Arguments: the exporter. */
import { createClient } from '../../../client/index.ts';

const client = createClient({
  url: process.argv[2]!,
  flushIntervalMs: 3_600_000,
  onError: ({ code }) => console.log(code),
});
for (let i = 0; i < 3; i++) {
  client.trackEvent({ provider: 'openai', model: 'gpt-4o', usage: { input_tokens: 10 } });
}
