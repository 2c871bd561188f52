import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import type { IngestAnswer } from '../../exporter/app/index.ts';
import { METERS } from '../../exporter/domain/meters.ts';
import { NOW_MS } from '../support/charges.ts';
import { frozenPorts } from '../support/ports.ts';
import { expectedOf, inclusive, type Recorded, senderOf } from '../support/recorded-responses.ts';
import { serveApp } from '../support/running-app.ts';
import { tempDir } from '../support/temp-dir.ts';
import { realInput } from './shared-data.ts';

type Usage = Readonly<Record<string, number>>;

/** Recordings of which we know more than the sample says, and why. */
const CORRECTIONS: ReadonlyMap<string, { readonly usage: Usage; readonly because: string }> = new Map([
  [
    'test_compatible_api_with_tool_calls_without_id.yaml',
    {
      usage: { input_tokens: 35, output_tokens: 74, output_reasoning_tokens: 62 },
      because:
        'Gemini behind the OpenAI-like API: total 109, prompt 35, completion 12; the rest are thoughts',
    },
  ],
]);

/** What Anthropic bills beside the usage of an answer, which the sample leaves out: other models' calls in it. */
function besideOf({ body }: Recorded): Usage[] {
  const iterations = (body.usage?.iterations ?? []) as readonly (Usage & { readonly type: string })[];
  return iterations
    .filter(({ type }) => type === 'compaction' || type === 'advisor_message')
    .map(({ input_tokens: fresh = 0, output_tokens = 0, cache_read_input_tokens: read = 0, ...rest }) => {
      const written = rest.cache_creation_input_tokens ?? 0;
      return {
        input_tokens: fresh + read + written,
        cache_read_tokens: read,
        cache_write_tokens: written,
        output_tokens,
      };
    });
}

/** Some formats name the model in the request only (Bedrock's Converse, Cohere, embeddings): the sender has to add it. */
const MISSING_MODEL = /^invalid_event: model: /;

const names = Object.keys(inclusive([]));

function add(sums: Map<string, Record<string, number>>, sender: string, usage: Usage): void {
  const own = sums.get(sender) ?? { bodies: 0, ...Object.fromEntries(names.map((name) => [name, 0])) };
  own.bodies! += 1;
  for (const name of names) own[name]! += usage[name] ?? 0;
  sums.set(sender, own);
}

/** Token sums by tenant from the rows themselves. */
function stored(dataDir: string): Map<string, Record<string, number>> {
  const database = new DatabaseSync(join(dataDir, 'ledger.sqlite'), { readOnly: true });
  const query = database.prepare(
    'SELECT d.tenant_id, c.* FROM charge c JOIN dimension_set d ON d.id = c.dimension_set_id',
  );
  query.setReadBigInts(true);
  const rows = query.all();
  database.close();
  const sums = new Map<string, Record<string, number>>();
  for (const row of rows) {
    const { meters: rare = {} } = JSON.parse(String(row.details ?? '{}')) as { meters?: Usage };
    const quantities = METERS.map((meter) => Number(row[meter] ?? rare[meter] ?? 0));
    add(sums, String(row.tenant_id), inclusive(quantities));
  }
  return sums;
}

const sorted = (sums: ReadonlyMap<string, unknown>) =>
  Object.fromEntries([...sums].sort(([a], [b]) => (a < b ? -1 : 1)));

test('recorded responses of real providers are taken in, and the ledger has their tokens', {
  timeout: 60_000,
}, async (context) => {
  const file = realInput(context, 'the corpus of recorded provider responses', 'provider-usage/sample.json');
  const recordings = JSON.parse(readFileSync(file, 'utf8')) as Recorded[];
  expect(recordings).toHaveLength(395);

  const dataDir = tempDir();
  const service = await serveApp(dataDir, {}, frozenPorts());
  onTestFinished(() => service.close());
  const expected = new Map<string, Record<string, number>>();
  const unexpected: string[] = [];
  let unpriced = 0;
  let withoutModel = 0;
  let events = 0;
  for (const [index, recorded] of recordings.entries()) {
    const sender = senderOf(recorded);
    const headers = {
      'content-type': 'application/json',
      'x-llm-id': `recording-${index}`,
      'x-llm-tenant-id': sender,
      'x-llm-timestamp': new Date(NOW_MS).toISOString(),
    };
    const post = async (query: string) => {
      const response = await fetch(`${service.url}/v1/usage/${sender}${query}`, {
        method: 'POST',
        headers,
        body: JSON.stringify(recorded.body),
      });
      return (await response.json()) as IngestAnswer & { error?: object };
    };
    const refusal = ({ rejected: [first], error }: Awaited<ReturnType<typeof post>>) =>
      first ? `${first.code}: ${first.message}` : JSON.stringify(error);

    let answer = await post('');
    if (recorded.model === null && answer.accepted === 0 && MISSING_MODEL.test(refusal(answer))) {
      withoutModel += 1;
      answer = await post('?model=named-in-the-request');
    }
    const usage = CORRECTIONS.get(recorded.source_file)?.usage ?? expectedOf(recorded, sender)?.usage;
    const beside = besideOf(recorded);
    if (answer.accepted !== 1 + beside.length)
      unexpected.push(`${recorded.source_file} (${sender}): ${refusal(answer)}`);
    else if (!usage) unexpected.push(`${recorded.source_file}: the sample has nothing from ${sender}`);
    else for (const each of [usage, ...beside]) add(expected, sender, each);
    events += answer.accepted;
    unpriced += answer.unpriced;
  }
  expect(unexpected).toEqual([]);
  await service.close();
  const found = stored(dataDir);
  expect(sorted(found)).toEqual(sorted(expected));
  const bodies = [...found.values()].reduce((sum, own) => sum + own.bodies!, 0);
  expect(bodies).toBe(events);
  console.info(
    `${recordings.length} bodies taken in as ${bodies} calls, ${withoutModel} of them with the model beside, ${unpriced} without a price`,
  );
});
