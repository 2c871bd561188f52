import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exactSamples } from '../support/exact-samples.ts';
import { frozenPorts } from '../support/ports.ts';
import { exposition, type Service, serveApp } from '../support/running-app.ts';
import { tempDir } from '../support/temp-dir.ts';
import { startProviderStub } from './senders/provider-stub.ts';

let stub: Awaited<ReturnType<typeof startProviderStub>>;
beforeAll(async () => {
  stub = await startProviderStub();
});
afterAll(() => stub.close());

/** Every call of the stub uses 1,000 input tokens, 600 of them cached, and 200 output tokens, 50 of them reasoning. */
const SENDERS = [
  {
    // Its spans do not tell reasoning apart; the agent around each call repeats the usage.
    name: 'Vercel AI SDK, http/protobuf',
    args: ['ai-sdk.ts', 'http/protobuf'],
    service: 'ai-sdk',
    tokens: { input: 1200, cache_read: 1800, output: 600 },
    calls: 3,
    uncounted: { sum_of_others: 3 },
  },
  {
    name: 'Vercel AI SDK, http/json',
    args: ['ai-sdk.ts', 'http/json'],
    service: 'ai-sdk',
    tokens: { input: 1200, cache_read: 1800, output: 600 },
    calls: 3,
    uncounted: { sum_of_others: 3 },
  },
  {
    // It tells neither cached nor reasoning tokens, and of a streamed call nothing.
    name: 'OpenLLMetry, http/protobuf',
    args: ['openai-sdk.ts', 'http/protobuf', 'openllmetry'],
    service: 'openllmetry',
    tokens: { input: 1000, output: 200 },
    calls: 1,
    uncounted: { usage_missing: 1 },
  },
  {
    // Of a streamed call it tells nothing.
    name: 'OpenInference, http/json',
    args: ['openai-sdk.ts', 'http/json', 'openinference'],
    service: 'openinference',
    tokens: { input: 400, cache_read: 600, output: 150, reasoning: 50 },
    calls: 1,
    uncounted: { usage_missing: 1 },
  },
  {
    // It has its own exporter, reports a cost of 0 for a model that it has no price of, and sends its metrics as well.
    name: 'OpenLIT',
    args: ['openlit.ts', ''],
    service: 'openlit',
    tokens: { input: 800, cache_read: 1200, output: 400 },
    calls: 2,
    uncounted: { not_authoritative: 2 },
  },
] as const;

test.each(SENDERS)('$name: its calls are counted, once and at their price', async (sender) => {
  const directory = tempDir();
  const service = await serveApp(directory, {}, frozenPorts(Date.now()));
  await send(service, sender.args);

  const samples = exactSamples(await exposition(service.app));
  await service.close();
  const of = (family: string) => samples.filter(({ name, text }) => name === family && text !== '0');
  const labels = {
    provider: 'openai',
    model: 'gpt-4o-2024-08-06',
    feature: sender.service,
    environment: 'test',
  };
  for (const { labels: actual } of [...of('llm_tokens_total'), ...of('llm_cost_total')]) {
    expect(actual).toMatchObject(labels);
  }
  expect(valuesBy('token_type', of('llm_tokens_total'))).toEqual(sender.tokens);
  expect(valuesBy('status', of('llm_requests_total'))).toEqual({ success: sender.calls });
  expect(valuesBy('reason', of('llm_cost_exporter_ingest_uncounted_total'))).toEqual(sender.uncounted);
  const { input, output, cache_read = 0, reasoning = 0 } = { cache_read: 0, reasoning: 0, ...sender.tokens };
  expect(sumOf(of('llm_cost_total'))).toBeCloseTo(
    (2.5 * input + 1.25 * cache_read + 10 * (output + reasoning)) / 1e6,
    12,
  );
  for (const file of readdirSync(directory)) {
    expect(readFileSync(join(directory, file)).includes('secret prompt')).toBe(false);
  }
});

/** Runs a sender, an own process as instrumentations patch what they load, until it has exported everything. */
async function send(service: Service, [script, protocol, which = '']: readonly string[]): Promise<void> {
  const path = join(import.meta.dirname, 'senders', script!);
  const child = spawn(process.execPath, [path, service.url, protocol!, stub.url, which], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [exitCode] = await once(child, 'exit');
  expect(exitCode).toBe(0);
}

type Samples = ReturnType<typeof exactSamples>;

function valuesBy(label: string, samples: Samples): Record<string, number> {
  const values: Record<string, number> = {};
  for (const { labels, text } of samples) {
    const key = labels[label] ?? '';
    values[key] = (values[key] ?? 0) + Number(text);
  }
  return values;
}

function sumOf(samples: Samples): number {
  return samples.reduce((sum, { text }) => sum + Number(text), 0);
}
