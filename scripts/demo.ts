/**
 * `npm run demo [-- --seconds N] [--ports exporter,prometheus,alertmanager]`: the exporter with a day of made-up traffic, a real Prometheus and a real
 * Alertmanager, until Ctrl-C or for N seconds. With `--sources` only the exporter, and traffic from several sources side by side.
 * With `--month` a month of one budget, replayed with the rules as they are and played back in N seconds (120).
 * Everything is local, in a temporary folder that is removed at the end.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Children } from './demo/children.ts';
import { runMonthDemo } from './demo/month/run-month-demo.ts';
import { createProgress } from './demo/progress.ts';
import { DEMO_PORTS, runDemo } from './demo/run-demo.ts';
import { runSourcesDemo } from './demo/sources/run-sources-demo.ts';
import { ensurePrometheus } from './ensure-prometheus.ts';

const { seconds, ports, sources, month } = readArguments();
if (!sources) await ensurePrometheus();

/** The month goes by in two minutes. */
const MONTH_SECONDS = 120;

const dir = mkdtempSync(join(tmpdir(), 'llm-cost-exporter-demo-'));
const children = new Children();
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort());
process.on('exit', () => rmSync(dir, { recursive: true, force: true }));

const progress = createProgress(process.stdout);
try {
  const demo = { dir, children, progress, seconds, stop: stop.signal };
  if (month) await runMonthDemo(Number.isFinite(seconds) ? demo : { ...demo, seconds: MONTH_SECONDS });
  else if (sources) await runSourcesDemo({ ...demo, port: ports.exporter });
  else await runDemo({ ...demo, ports });
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

interface Arguments {
  readonly seconds: number;
  readonly ports: typeof DEMO_PORTS;
  readonly sources: boolean;
  readonly month: boolean;
}

function readArguments(): Arguments {
  try {
    const text = { type: 'string' } as const;
    const flag = { type: 'boolean' } as const;
    const { values } = parseArgs({ options: { seconds: text, ports: text, sources: flag, month: flag } });
    if (values.sources && values.month) throw new Error('--sources and --month are two demos, expected one');
    const seconds = Number(values.seconds ?? Number.POSITIVE_INFINITY);
    if (!(seconds > 0)) throw new Error(`--seconds is ${values.seconds}, expected a positive number`);
    const given = values.ports?.split(',').map(Number) ?? Object.values(DEMO_PORTS);
    const [exporter, prometheus, alertmanager] = given.filter((port) => Number.isInteger(port) && port > 0);
    if (given.length !== 3 || !exporter || !prometheus || !alertmanager)
      throw new Error(`--ports is ${values.ports}, expected three such as ${Object.values(DEMO_PORTS)}`);
    return {
      seconds,
      ports: { exporter, prometheus, alertmanager },
      sources: values.sources ?? false,
      month: values.month ?? false,
    };
  } catch (error) {
    process.stderr.write(
      `demo: ${(error as Error).message}\nusage: npm run demo -- [--sources | --month] [--seconds N] [--ports ${Object.keys(DEMO_PORTS)}]\n`,
    );
    process.exit(2);
  }
}
