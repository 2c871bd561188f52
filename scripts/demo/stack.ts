import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { toolPath } from '../tools.ts';
import type { Child, Children } from './children.ts';
import { type PrometheusTargets, prometheusConfig } from './prometheus-config.ts';
import { waitUntil } from './wait-until.ts';

const START_DEADLINE_MS = 30_000;
const MAIN = join(import.meta.dirname, '..', '..', 'exporter', 'main.ts');

export interface ExporterOptions {
  readonly configFile: string;
  readonly dataDir: string;
  readonly port: number;
}

/** The exporter as `npm start` runs it. Does not wait: see `untilReady`. */
export function spawnExporter(children: Children, { configFile, dataDir, port }: ExporterOptions): Child {
  const args = [MAIN, '--config', configFile, '--listen', `127.0.0.1:${port}`, '--data-dir', dataDir];
  return children.start('exporter', process.execPath, args);
}

/** Starts Prometheus with its files in `dir` (which may hold blocks already) and waits until it is ready. */
export async function startPrometheus(
  children: Children,
  dir: string,
  port: number,
  targets: PrometheusTargets,
): Promise<Child> {
  mkdirSync(dir, { recursive: true });
  const configFile = join(dir, 'prometheus.yml');
  writeFileSync(configFile, prometheusConfig(targets));
  const child = children.start('prometheus', toolPath('prometheus'), [
    `--config.file=${configFile}`,
    `--storage.tsdb.path=${join(dir, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
  ]);
  await untilReady(child, `http://127.0.0.1:${port}/-/ready`);
  return child;
}

/** Starts Alertmanager with the given configuration and waits until it is ready. It gossips with nobody. */
export async function startAlertmanager(
  children: Children,
  dir: string,
  port: number,
  config: string,
): Promise<Child> {
  mkdirSync(dir, { recursive: true });
  const configFile = join(dir, 'alertmanager.yml');
  writeFileSync(configFile, config);
  const child = children.start('alertmanager', toolPath('alertmanager'), [
    `--config.file=${configFile}`,
    `--storage.path=${join(dir, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--cluster.listen-address=',
  ]);
  await untilReady(child, `http://127.0.0.1:${port}/-/ready`);
  return child;
}

/** Waits for a 200; throws with the child's output when it ends or the deadline passes first. */
export async function untilReady(child: Child, url: string): Promise<void> {
  await waitUntil(
    `${child.name} to be ready at ${url}`,
    async () => {
      if (!child.isRunning()) return 'ended';
      return (await fetch(url).catch(() => undefined))?.ok ? 'ready' : undefined;
    },
    START_DEADLINE_MS,
    child.outputTail,
  );
  if (!child.isRunning()) {
    const { code, signal } = await child.exited;
    throw new Error(
      `${child.name} ended at its start (${signal ?? `exit code ${code}`}):\n${child.outputTail()}`,
    );
  }
}

/** A port that is free on 127.0.0.1 at this moment. */
export function freePort(): Promise<number> {
  return listenOnce(0);
}

/** Throws a message for people when something listens on the port already. */
export async function requireFreePort(port: number, owner: string): Promise<void> {
  await listenOnce(port).catch((error: NodeJS.ErrnoException) => {
    throw new Error(
      `port ${port}, where ${owner} should listen, is not free on 127.0.0.1 (${error.code}); stop what uses it (for example: ss -ltnp 'sport = :${port}')`,
    );
  });
}

function listenOnce(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : port));
    });
  });
}
