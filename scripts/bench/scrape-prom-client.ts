import { Counter, Registry } from 'prom-client';
import { CATALOGUE } from '../../exporter/publish/catalogue.ts';
import { finish, input } from './bench-context.ts';
import { checksum, FAMILY, tokenSeries } from './series-workload.ts';

export interface PromClientResult {
  readonly firstMs: number;
  readonly steadyMs: readonly number[];
  readonly peakRssBytes: number;
  readonly check: { readonly lines: number; readonly sum: number };
}

const { series, rounds } = input<{ series: number; rounds: number }>();
const { help, labels: labelNames } = CATALOGUE.get(FAMILY)!;
const registry = new Registry();
const counter = new Counter({ name: FAMILY, help, labelNames: [...labelNames], registers: [registry] });
for (const { labels, value } of tokenSeries(series)) counter.inc(labels, value);
globalThis.gc?.();

const timesMs: number[] = [];
let text = '';
for (let i = 0; i <= rounds; i++) {
  const startedMs = performance.now();
  text = await registry.metrics();
  timesMs.push(performance.now() - startedMs);
}
const [firstMs = 0, ...steadyMs] = timesMs;
finish({
  firstMs,
  steadyMs,
  peakRssBytes: process.resourceUsage().maxRSS * 1024,
  check: checksum(text.split('\n')),
} satisfies PromClientResult);
