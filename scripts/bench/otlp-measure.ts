import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createApp } from '../../exporter/app/index.ts';
import { configSchema } from '../../exporter/config/schema.ts';
import { createOtlpSources } from '../../exporter/ingest/otlp/index.ts';
import { finish, input } from './bench-context.ts';
import { encodeTraces } from './otlp-protobuf.ts';
import { genAiSpans } from './otlp-workload.ts';
import { median } from './statistics.ts';
import { createThreadWait } from './thread-wait.ts';

export interface OtlpInput {
  /** Temporary folder. */
  readonly dir: string;
  readonly spans: number;
  readonly rounds: number;
  /** Requests of one round through the app. */
  readonly requests: number;
}

/** Medians, in milliseconds for one request. */
export interface OtlpTimes {
  readonly protobufBytes: number;
  readonly jsonBytes: number;
  readonly parseMs: number;
  readonly protobufMs: number;
  readonly jsonMs: number;
  /** From the request's bytes to the acknowledgement of the commit, eight in flight. */
  readonly durableMs: number;
}

const PROTOBUF = 'application/x-protobuf';
const JSON_TYPE = 'application/json';
const REPEATS = 20;
const WARM_UP_ROUNDS = 3;
const IN_FLIGHT = 8;

const threadWaitMs = createThreadWait();
const { dir, spans, rounds, requests } = input<OtlpInput>();
const nowMs = Date.now();
const request = genAiSpans(1, spans, nowMs);
const text = JSON.stringify(request);
const json = Buffer.from(text);
const protobuf = encodeTraces(request);

const config = configSchema.parse({
  data_dir: mkdtempSync(join(dir, 'otlp-')),
  samplers: { host: false, gpu: false },
});
const source = createOtlpSources({ ...config.otlp, eventsPerRequest: spans, startedMs: nowMs }).find(
  ({ id }) => id === 'otlp_traces',
)!;
const app = await createApp(config, {
  ports: {
    now: Date.now,
    monotonic: () => performance.now(),
    log: { info() {}, warn: console.error, error: console.error },
  },
  build: { version: 'bench', revision: '', nodeVersion: process.version },
});
while (app.notReadyBecause() !== undefined) await nextTurn();

function decode(body: Buffer, contentType: string): void {
  const bounds = { nowMs, futureMs: 60_000, retentionMs: 86_400_000 };
  const outcomes = source.read({ body, contentType, provider: '', attributes: {} }, bounds);
  if (outcomes.length !== spans || outcomes.some(({ kind }) => kind !== 'event')) {
    throw new Error(`expected ${spans} events`);
  }
}

/** Without what other programs on the machine take. */
function timeMs(run: () => void): number {
  globalThis.gc?.();
  const startedMs = performance.now() - threadWaitMs();
  for (let i = 0; i < REPEATS; i++) run();
  return (performance.now() - threadWaitMs() - startedMs) / REPEATS;
}

let made = 1;

async function durableMs(): Promise<number> {
  const bodies = Array.from({ length: requests }, () => encodeTraces(genAiSpans(++made, spans, Date.now())));
  globalThis.gc?.();
  const startedMs = performance.now();
  const queue = bodies.values();
  await Promise.all(
    Array.from({ length: IN_FLIGHT }, async () => {
      for (const body of queue) {
        const answer = await app.ingest('otlp_traces', {
          body,
          contentType: PROTOBUF,
          provider: '',
          attributes: {},
        });
        if (answer.accepted !== spans)
          throw new Error(`expected ${spans} accepted: ${JSON.stringify(answer)}`);
      }
    }),
  );
  return (performance.now() - startedMs) / requests;
}

const times = { parse: [], protobuf: [], json: [], durable: [] } as Record<string, number[]>;
for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
  const measured = {
    parse: timeMs(() => JSON.parse(text)),
    protobuf: timeMs(() => decode(protobuf, PROTOBUF)),
    json: timeMs(() => decode(json, JSON_TYPE)),
    durable: await durableMs(),
  };
  if (round < 0) continue;
  for (const [name, ms] of Object.entries(measured)) times[name]!.push(ms);
}
await app.close();

finish({
  protobufBytes: protobuf.length,
  jsonBytes: json.length,
  parseMs: median(times.parse!),
  protobufMs: median(times.protobuf!),
  jsonMs: median(times.json!),
  durableMs: median(times.durable!),
} satisfies OtlpTimes);
