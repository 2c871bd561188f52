/**
 * `npm run demo [-- --seconds N]`: the exporter with a day of made-up traffic, a real Prometheus and a real
 * Alertmanager, until Ctrl-C or for N seconds. Everything is local, in a temporary folder that is removed at the end.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Children } from './demo/children.ts';
import { createProgress } from './demo/progress.ts';
import { runDemo } from './demo/run-demo.ts';
import { ensurePrometheus } from './ensure-prometheus.ts';

const seconds = secondsFromArguments();
await ensurePrometheus();

const dir = mkdtempSync(join(tmpdir(), 'llm-cost-exporter-demo-'));
const children = new Children();
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort());
process.on('exit', () => rmSync(dir, { recursive: true, force: true }));

const progress = createProgress(process.stdout);
try {
  await runDemo({ dir, children, progress, seconds, stop: stop.signal });
} catch (error) {
  if (!stop.signal.aborted) {
    progress.end();
    process.stderr.write(`demo: ${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  }
} finally {
  await children.stopAll();
}
process.exit();

function secondsFromArguments(): number {
  try {
    const { values } = parseArgs({ options: { seconds: { type: 'string' } } });
    const given = Number(values.seconds ?? Number.POSITIVE_INFINITY);
    if (given > 0) return given;
    throw new Error(`--seconds is ${values.seconds}, expected a positive number`);
  } catch (error) {
    process.stderr.write(`demo: ${(error as Error).message}\nusage: npm run demo [-- --seconds N]\n`);
    process.exit(2);
  }
}
