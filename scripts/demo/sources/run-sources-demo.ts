import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { stringify } from 'yaml';
import { createRandom, type Random } from '../../random.ts';
import type { Children } from '../children.ts';
import type { Progress } from '../progress.ts';
import { scrape, sumOfFamily } from '../sender.ts';
import { requireFreePort, spawnExporter, untilReady } from '../stack.ts';
import { litellmTraffic } from './litellm-traffic.ts';
import { otlpTraffic } from './otlp-traffic.ts';
import { rawTraffic } from './raw-traffic.ts';
import type { DemoCall, SourceTraffic } from './source-traffic.ts';
import { type SourceRow, sourcesTable } from './sources-table.ts';
import { startStubEngine } from './stub-engine.ts';

export interface SourcesDemo {
  /** Everything that is written goes below it. */
  readonly dir: string;
  readonly port: number;
  readonly children: Children;
  readonly progress: Progress;
  readonly seconds: number;
  readonly stop: AbortSignal;
}

const SEED = 20_260_102;
const CALLS_PER_SECOND = 5;
const SETTLE_MS = 2500;

/** The same kind of calls through three sources and an engine beside them; ends with a table of what each brought. */
export async function runSourcesDemo(demo: SourcesDemo): Promise<void> {
  const { dir, port, children, progress, seconds, stop } = demo;
  const base = `http://127.0.0.1:${port}`;
  await requireFreePort(port, 'exporter');
  const engine = await startStubEngine(Date.now);
  const configFile = join(dir, 'exporter.yaml');
  writeFileSync(configFile, configWith(engine.url));
  const exporter = spawnExporter(children, { configFile, dataDir: join(dir, 'ledger'), port });
  await untilReady(exporter, `${base}/-/ready`);

  progress.say(`OTLP spans, LiteLLM callbacks, raw provider bodies and a vLLM engine, all into ${base}/metrics
${Number.isFinite(seconds) ? `for ${seconds} s` : 'until Ctrl-C'}. Each source labels its calls with a feature of its own.`);
  const sources = [
    otlpTraffic(base, 'checkout-otlp'),
    litellmTraffic(base, 'support-litellm', Date.now),
    rawTraffic(base, 'search-raw'),
  ];
  const random = createRandom(SEED);
  const untilMs = Date.now() + seconds * 1000;
  for (let second = 0; Date.now() < untilMs && !stop.aborted; second++) {
    if (!exporter.isRunning()) throw new Error(`the exporter ended:\n${exporter.outputTail()}`);
    await Promise.all(sources.map((source, at) => source.send(calls(random, source, at, second))));
    progress.show(
      tableOf(await scrape(base), sources)
        .slice(1)
        .join('   '),
    );
    await delay(1000, undefined, { signal: stop }).catch(() => {});
  }
  await Promise.all(sources.map((source) => source.close()));
  await delay(SETTLE_MS, undefined, { signal: stop }).catch(() => {});
  progress.end();
  for (const line of tableOf(await scrape(base), sources)) progress.say(line);
  engine.close();
}

function configWith(engineUrl: string): string {
  return stringify({
    engines: [{ engine: 'vllm', url: engineUrl, name: 'llama' }],
    samplers: { interval_seconds: 1, nvidia_smi: join(import.meta.dirname, '..', 'fake-nvidia-smi') },
    gpu: { rates: [{ model: 'H100', usd_per_hour: 3.5 }] },
  });
}

function calls(random: Random, { feature }: SourceTraffic, at: number, second: number): DemoCall[] {
  return Array.from({ length: CALLS_PER_SECOND }, (_, index) => {
    const inputTokens = Math.round(random.around(2500));
    const isRaw = at === 2;
    return {
      id: `${feature}-${String(second * CALLS_PER_SECOND + index).padStart(12, '0')}`,
      provider: isRaw ? 'anthropic' : 'openai',
      model: isRaw ? 'claude-sonnet-4-5' : 'gpt-4o',
      inputTokens,
      cachedTokens: Math.floor(inputTokens * 0.4),
      outputTokens: Math.round(random.around(300)),
    };
  });
}

const SOURCE_IDS: readonly (readonly string[])[] = [
  ['otlp_traces'],
  ['litellm'],
  ['provider_response', 'provider_stream'],
];

function tableOf(exposition: string, sources: readonly SourceTraffic[]): string[] {
  const lines = exposition.split('\n');
  const sum = (family: string, label = '') =>
    sumOfFamily(lines.filter((line) => line.includes(label)).join('\n'), family);
  const rows = sources.map(
    ({ feature }, at): SourceRow => ({
      source: feature,
      calls: sum('llm_requests_total', `feature="${feature}"`),
      tokens: sum('llm_tokens_total', `feature="${feature}"`),
      costUsd: sum('llm_cost_total', `feature="${feature}"`),
      notCounted: notCounted(lines, SOURCE_IDS[at]!),
    }),
  );
  return sourcesTable([
    ...rows,
    {
      source: 'vLLM engine',
      calls: sum('llm_engine_requests_total'),
      tokens: sum('llm_engine_tokens_total'),
      costUsd: sum('llm_cost_total', 'category="gpu_compute"'),
      notCounted: 'its tokens are not in llm_tokens_total; its cost is GPU time',
    },
  ]);
}

function notCounted(lines: readonly string[], sourceIds: readonly string[]): string {
  return lines
    .flatMap((line) => {
      const [, source = '', reason, count] =
        /^llm_cost_exporter_ingest_uncounted_total\{source="(\w+)",reason="(\w+)"\} (\d+)$/.exec(line) ?? [];
      return sourceIds.includes(source) && count !== '0' ? [`${reason} ${count}`] : [];
    })
    .join(', ');
}
