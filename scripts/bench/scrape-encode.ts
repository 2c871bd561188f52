import { Aggregate } from '../../exporter/aggregate/index.ts';
import { emptyPerMeter, METER } from '../../exporter/domain/meters.ts';
import type { SampleBlock } from '../../exporter/domain/samples.ts';
import type { Dimensions } from '../../exporter/domain/usage-event.ts';
import { encode } from '../../exporter/publish/encoder.ts';
import { finish, input } from './bench-context.ts';
import { checksum, FAMILY, TOKEN_METERS, tokenSeries } from './series-workload.ts';
import { createThreadWait } from './thread-wait.ts';

export interface EncodeResult {
  readonly firstMs: number;
  readonly steadyMs: readonly number[];
  /** Longest turn of the event loop of each scrape, without the time that other programs had the core. */
  readonly firstTurnMs: number;
  readonly turnMs: readonly number[];
  readonly bytes: number;
  readonly peakRssBytes: number;
  readonly check: { readonly lines: number; readonly sum: number };
}

const { series, rounds } = input<{ series: number; rounds: number }>();
const blocks = [tokenBlock(series)];
globalThis.gc?.();

const threadWaitMs = createThreadWait();

// The first scrape is both timed and watched: there is only one.
const first = await watched(scrape);
const steadyMs: number[] = [];
for (let i = 0; i < rounds; i++) steadyMs.push((await timed(scrape)).wallMs);
const turnMs: number[] = [];
for (let i = 0; i < rounds; i++) turnMs.push((await watched(scrape)).longestMs);

const { maxRSS } = process.resourceUsage();
finish({
  firstMs: first.wallMs,
  steadyMs,
  firstTurnMs: first.longestMs,
  turnMs,
  bytes: await scrape(),
  peakRssBytes: maxRSS * 1024,
  check: series > 100_000 ? { lines: series, sum: 0 } : checksum((await text()).split('\n')),
} satisfies EncodeResult);

/** Unpriced charges: then an aggregate has the token series and next to nothing else. */
function tokenBlock(count: number): SampleBlock {
  const month = { startMs: 0, endMs: Number.MAX_SAFE_INTEGER };
  const aggregate = new Aggregate({ labelSets: count, month, nowMs: 0 });
  let quantities = emptyPerMeter();
  for (const { labels, value } of tokenSeries(count)) {
    const { token_type, ...usageLabels } = labels;
    quantities[METER[token_type]] = value;
    if (token_type !== TOKEN_METERS.at(-1)) continue;
    const dimensions: Dimensions = {
      ...usageLabels,
      project_id: '',
      operation: '',
      service_tier: '',
      status: 'success',
      category: 'api_external',
    };
    aggregate.record({
      event: {
        id: '',
        timestampMs: 1,
        dimensions,
        quantities,
        userId: '',
        executionId: '',
        promptHash: '',
        latencyMs: undefined,
        reportedCostNanoUsd: undefined,
        tags: '',
      },
      price: { kind: 'unpriced', reason: 'unknown_model' },
    });
    quantities = emptyPerMeter();
  }
  const block = aggregate.blocks(1, undefined).find(({ family }) => family === FAMILY);
  if (block?.length !== count) throw new Error(`${block?.length} series, expected ${count}`);
  return block;
}

async function scrape(): Promise<number> {
  let bytes = 0;
  for await (const chunk of encode(blocks, 'text')) bytes += chunk.length;
  return bytes;
}

async function text(): Promise<string> {
  let all = '';
  for await (const chunk of encode(blocks, 'text')) all += chunk.toString('utf8');
  return all;
}

async function timed(work: () => Promise<unknown>): Promise<{ wallMs: number }> {
  const startedMs = performance.now();
  await work();
  return { wallMs: performance.now() - startedMs };
}

/** Looks at the clock in every turn of the event loop while `work` runs. */
async function watched(work: () => Promise<unknown>) {
  let longestMs = 0;
  let running = true;
  let lastMs = performance.now();
  let lastWaitMs = threadWaitMs();
  const tick = () => {
    const nowMs = performance.now();
    const waitMs = threadWaitMs();
    longestMs = Math.max(longestMs, nowMs - lastMs - (waitMs - lastWaitMs));
    lastMs = nowMs;
    lastWaitMs = waitMs;
    if (running) setImmediate(tick);
  };
  setImmediate(tick);
  const { wallMs } = await timed(work);
  running = false;
  tick();
  return { wallMs, longestMs };
}
