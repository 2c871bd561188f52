import { expect, test } from 'vitest';
import type { App } from '../../exporter/app/index.ts';
import { CodedError } from '../../exporter/domain/errors.ts';
import { exporterForTest, type RunningExporter, scrape, sumOf } from './support/exporter.ts';
import {
  diagnosticLog,
  type Encoding,
  metricSender,
  sendLogRecord,
  sendSpans,
} from './support/otlp-senders.ts';

const ENCODINGS: readonly Encoding[] = ['http/protobuf', 'http/json'];
const CALL = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'openai',
  'gen_ai.response.model': 'gpt-4o',
  'gen_ai.usage.input_tokens': 1000,
  'gen_ai.usage.cache_read.input_tokens': 600,
  'gen_ai.usage.output_tokens': 200,
};
const SETTINGS = { otlp: { services: { shop: 'spans', meters: 'metrics', 'claude-code': 'logs' } } };

/** The exporter at the time that the senders' clocks show. */
async function exporterNow(wrap?: (app: App) => App): Promise<RunningExporter> {
  const exporter = await exporterForTest(SETTINGS, wrap);
  exporter.ports.nowMs = Date.now();
  return exporter;
}

async function tokens(exporter: RunningExporter): Promise<Record<string, number>> {
  const scraped = await scrape(exporter);
  const types = ['input', 'cache_read', 'cache_write_5m', 'output', 'reasoning'];
  const sums = types.map(
    (type) => [type, sumOf(scraped, 'llm_tokens_total', `token_type="${type}"`)] as const,
  );
  return Object.fromEntries(sums.filter(([, sum]) => sum > 0));
}

test.each(ENCODINGS)('spans, %s with gzip', async (encoding) => {
  const log = diagnosticLog();
  const exporter = await exporterNow();
  await sendSpans(exporter.url, encoding, CALL, {
    ...CALL,
    'gen_ai.response.id': 'chatcmpl-0123456789abcdef',
  });
  expect(await tokens(exporter)).toEqual({ input: 800, cache_read: 1200, output: 400 });
  expect(log.filter((line) => !line.startsWith('info'))).toEqual([]);
});

test.each(
  ENCODINGS.flatMap((encoding) =>
    (['DELTA', 'CUMULATIVE'] as const).map((temporality) => [encoding, temporality] as const),
  ),
)('metrics, %s with gzip, %s', async (encoding, temporality) => {
  const log = diagnosticLog();
  const exporter = await exporterNow();
  const sender = metricSender(exporter.url, encoding, temporality);
  const of = {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': 'gpt-4o',
  };
  const usage = 'gen_ai.client.inference.usage';
  for (let exported = 0; exported < 3; exported++) {
    sender.count(`${usage}.input_tokens`, 1000, of);
    sender.count(`${usage}.cache_read.input_tokens`, 600, of);
    sender.count(`${usage}.output_tokens`, 200, of);
    sender.count(`${usage}.reasoning.output_tokens`, 50, of);
    // The older convention and the percentiles tell of the same tokens.
    sender.record('gen_ai.client.token.usage', 1000, { ...of, 'gen_ai.token.type': 'input' });
    sender.record('gen_ai.client.inference.operation.input_tokens', 1000, of);
    await sender.flush();
  }
  expect(await tokens(exporter)).toEqual({ input: 1200, cache_read: 1800, output: 450, reasoning: 150 });
  expect(log.filter((line) => !line.startsWith('info'))).toEqual([]);
});

test.each(ENCODINGS)('the older histogram alone, %s', async (encoding) => {
  const exporter = await exporterNow();
  const sender = metricSender(exporter.url, encoding, 'CUMULATIVE');
  const of = { 'gen_ai.system': 'openai', 'gen_ai.request.model': 'gpt-4o' };
  for (const value of [10, 30]) {
    sender.record('gen_ai.client.token.usage', value, { ...of, 'gen_ai.token.type': 'input' });
    sender.record('gen_ai.client.token.usage', 1, { ...of, 'gen_ai.token.type': 'output' });
    await sender.flush();
  }
  expect(await tokens(exporter)).toEqual({ input: 40, output: 2 });
});

test.each(ENCODINGS)('log records, %s with gzip', async (encoding) => {
  const log = diagnosticLog();
  const exporter = await exporterNow();
  const usage = {
    input_tokens: 10,
    output_tokens: 200,
    cache_read_tokens: 5000,
    cache_creation_tokens: 300,
    cost_usd: 0.005655,
  };
  await sendLogRecord(exporter.url, encoding, 'claude_code.api_request', {
    model: 'claude-sonnet-4-5',
    ...usage,
  });
  await sendLogRecord(exporter.url, encoding, 'claude_code.user_prompt', { prompt: 'hello' });
  expect(await tokens(exporter)).toEqual({ input: 10, cache_read: 5000, cache_write_5m: 300, output: 200 });
  expect(log.filter((line) => !line.startsWith('info'))).toEqual([]);
});

test.each(ENCODINGS)(
  'what is rejected is in the sender log, and what is good counts, %s',
  async (encoding) => {
    const log = diagnosticLog();
    const exporter = await exporterNow();
    const contradiction = {
      ...CALL,
      'gen_ai.usage.cache_read.input_tokens': 1001,
      'gen_ai.usage.input_tokens': 1000,
    };
    await sendSpans(exporter.url, encoding, contradiction, CALL);
    expect(await tokens(exporter)).toEqual({ input: 400, cache_read: 600, output: 200 });
    expect(log.join('\n')).toMatch(
      /Partial Success response.*rejectedSpans.*1.*1 spans rejected.*inconsistent_usage/,
    );
  },
);

test.each(ENCODINGS)(
  'a busy ledger: sent again when Retry-After says, counted once, %s',
  async (encoding) => {
    let attempts = 0;
    const exporter = await exporterNow((app) => ({
      ...app,
      ingest: async (source, request) => {
        attempts += 1;
        if (attempts === 1) throw new CodedError('ledger_busy', 'not now');
        const answer = await app.ingest(source, request);
        // Stored, but the answer is lost.
        if (attempts === 2) throw new CodedError('ledger_busy', 'too late');
        return answer;
      },
    }));
    await sendSpans(exporter.url, encoding, CALL);
    expect(attempts).toBe(3);
    expect(await tokens(exporter)).toEqual({ input: 400, cache_read: 600, output: 200 });
    expect(
      sumOf(
        await scrape(exporter),
        'llm_cost_exporter_ingest_events_total',
        'source="otlp_traces"',
        'result="duplicate"',
      ),
    ).toBe(1);
  },
);

test.each(ENCODINGS)('what cannot be read is not sent again, %s', async (encoding) => {
  let attempts = 0;
  const exporter = await exporterNow((app) => ({
    ...app,
    ingest: () => {
      attempts += 1;
      return Promise.reject(new CodedError('invalid_protobuf', 'the body is not OTLP'));
    },
  }));
  await expect(sendSpans(exporter.url, encoding, CALL)).rejects.toEqual([
    expect.objectContaining({ code: 400 }),
  ]);
  expect(attempts).toBe(1);
});
