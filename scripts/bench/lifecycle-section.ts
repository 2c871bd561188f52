import { setTimeout as delay } from 'node:timers/promises';
import type { BenchContext } from './bench-context.ts';
import { cpuMs, startExporter, stopServer } from './exporter-process.ts';
import { createHttpClient, postEvents } from './http-client.ts';
import { ledgers } from './ledgers.ts';
import { count, megabytes, ms, type Row } from './report.ts';
import type { Section } from './section.ts';
import { largest, median } from './statistics.ts';
import { createUsage, usageBody } from './usage-workload.ts';

const READY_TARGET_MS = 3000;
const BYTES_TARGET = 100;
const IDLE_TARGET_PERCENT = 0.5;
/** Startup work is over by then, the first look at the samplers included. */
const SETTLE_MS = 16_000;

/** Restart, size on disk, and what it costs when nothing happens. */
export const lifecycleSection: Section = {
  name: 'lifecycle',
  title: 'Restart, size, idle',
  async run(context) {
    const filled = await ledgers(context);
    const { rows: ledgerRows, dataDir, bytes } = filled.at(-1)!;
    const readyRow = (after: string, timesMs: readonly number[]): Row => ({
      measure: `ready after ${after}, ${count(ledgerRows)} rows`,
      ours: `${ms(median(timesMs))} (worst of ${timesMs.length}: ${ms(largest(timesMs))})`,
      against: '',
      ratio: '',
      target: '≤ 3 s (at 5,000,000)',
      met: median(timesMs) <= READY_TARGET_MS,
    });
    const perEvent = bytes / ledgerRows;
    return [
      readyRow('a clean stop', await readyTimes(context, dataDir, 'SIGTERM')),
      readyRow('kill -9 under load', await readyTimes(context, dataDir, 'SIGKILL')),
      {
        measure: `ledger of ${count(ledgerRows)} events over 30 days`,
        ours: `${perEvent.toFixed(1)} B an event`,
        against: `${megabytes(bytes)} in all`,
        ratio: '',
        target: '≤ 100 B',
        met: perEvent <= BYTES_TARGET,
      },
      await idleRow(context, dataDir, ledgerRows),
    ];
  },
};

/** From the start of the process to the first 200 of `/-/ready`. */
async function readyTimes(
  context: BenchContext,
  dataDir: string,
  signal: 'SIGTERM' | 'SIGKILL',
): Promise<number[]> {
  const rounds = context.quick ? 1 : 4;
  const timesMs: number[] = [];
  for (let i = 0; i <= rounds; i++) {
    context.progress.show(`restart ${i} of ${rounds} after ${signal}`);
    const startedMs = performance.now();
    const exporter = await startExporter(context, { dataDir });
    // The first start follows whatever ran before.
    if (i > 0) timesMs.push(performance.now() - startedMs);
    const client = createHttpClient(1);
    const usage = createUsage(100 + i);
    for (let body = 0; body < 10; body++) {
      await postEvents(client, exporter.url, usageBody(usage, 200, 1000, Date.now()), 1000);
    }
    client.close();
    await stopServer(exporter, signal);
  }
  return timesMs;
}

async function idleRow(context: BenchContext, dataDir: string, ledgerRows: number): Promise<Row> {
  const exporter = await startExporter(context, { dataDir });
  const seconds = context.quick ? 15 : 75;
  context.progress.show(`idle for ${seconds} s`);
  await delay(context.quick ? 3000 : SETTLE_MS, undefined, { signal: context.stop });
  const before = cpuMs(exporter.child.pid);
  const startedMs = performance.now();
  await delay(seconds * 1000, undefined, { signal: context.stop });
  const elapsedMs = performance.now() - startedMs;
  const percent = ((cpuMs(exporter.child.pid) - before) / elapsedMs) * 100;
  await stopServer(exporter);
  return {
    measure: `idle, samplers every 15 s, ${count(ledgerRows)} rows`,
    ours: `${percent.toFixed(2)} % of a core over ${seconds} s`,
    against: '',
    ratio: '',
    target: '≤ 0.5 %',
    met: percent <= IDLE_TARGET_PERCENT,
  };
}
