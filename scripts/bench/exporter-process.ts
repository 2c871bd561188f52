import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Child } from '../demo/children.ts';
import { waitUntil } from '../demo/wait-until.ts';
import type { BenchContext } from './bench-context.ts';

const MAIN = join(import.meta.dirname, '..', '..', 'exporter', 'main.ts');
const PROBE = join(import.meta.dirname, 'loop-probe.ts');

export interface RunningServer {
  readonly child: Child;
  readonly url: string;
}

export interface ExporterOptions {
  readonly dataDir: string;
  readonly labelSets?: number;
  /** Watch the event loop from inside; `longestBlockMs` asks. */
  readonly probed?: boolean;
  /** The configuration's `budgets`. */
  readonly budgets?: object;
}

/** The real exporter on a free port, all defaults but what `options` says. Resolves when it is ready. */
export async function startExporter(context: BenchContext, options: ExporterOptions): Promise<RunningServer> {
  mkdirSync(options.dataDir, { recursive: true });
  const config = join(options.dataDir, 'bench-config.yaml');
  const { labelSets = 20_000, budgets = {} } = options;
  writeFileSync(config, JSON.stringify({ metrics: { label_sets: labelSets }, budgets }));
  const child = context.children.start('exporter', process.execPath, [
    ...(options.probed ? ['--import', PROBE] : []),
    MAIN,
    '--config',
    config,
    '--listen',
    '127.0.0.1:0',
    '--data-dir',
    options.dataDir,
  ]);
  const url = await listeningAt(child, /address=(http:\/\/\S+)/);
  await waitUntil('the exporter to be ready', () => isReady(url), 120_000, child.outputTail);
  return { child, url };
}

/** Address that the program prints once it listens. */
export function listeningAt(child: Child, pattern: RegExp): Promise<string> {
  return waitUntil(
    `${child.name} to listen`,
    () => {
      if (!child.isRunning()) throw new Error(`${child.name} ended: ${child.outputTail()}`);
      return pattern.exec(child.outputTail())?.[1];
    },
    60_000,
    child.outputTail,
  );
}

export async function isReady(url: string): Promise<true | undefined> {
  const response = await fetch(`${url}/-/ready`);
  await response.arrayBuffer();
  return response.ok || undefined;
}

export async function stopServer(
  { child }: RunningServer,
  signal: NodeJS.Signals = 'SIGTERM',
): Promise<void> {
  child.signal(signal);
  await child.exited;
}

/** Longest time that the event loop of a `probed` exporter was blocked since the last question. */
export async function longestBlockMs({ child }: RunningServer): Promise<number> {
  const answers = () => [...child.outputTail().matchAll(/loop-probe (\d+) ([\d.]+)\n/g)];
  const before = Number(answers().at(-1)?.[1] ?? 0);
  child.signal('SIGUSR2');
  const answer = await waitUntil(
    'the loop probe',
    () => answers().find(([, number]) => Number(number) > before),
    5000,
  );
  return Number(answer[2]);
}

const TICKS_PER_SECOND = 100;

/** CPU time of a process and of the children it waited for, in milliseconds, from /proc. */
export function cpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = [11, 12, 13, 14].reduce((sum, field) => sum + Number(fields[field]), 0);
  return (ticks / TICKS_PER_SECOND) * 1000;
}

export function peakRssBytes(pid: number): number {
  const found = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(found?.[1]) * 1024;
}
