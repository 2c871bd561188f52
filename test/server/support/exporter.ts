import { mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { type App, createApp } from '../../../exporter/app/index.ts';
import { configSchema } from '../../../exporter/config/schema.ts';
import { createHttpServer } from '../../../exporter/server/index.ts';
import { samples } from '../../e2e/support/exposition.ts';
import { type FrozenPorts, frozenPorts } from '../../support/ports.ts';

export const BUILD = { version: '1.2.3', revision: 'abc', nodeVersion: 'v24.0.0' };

export interface RunningExporter {
  readonly app: App;
  readonly server: Server;
  readonly ports: FrozenPorts;
  readonly port: number;
  readonly url: string;
  readonly dataDir: string;
  close(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed text; only for JSON. */
  readonly json: unknown;
}

/**
 * The whole exporter in this process, on a port of its own, without samplers, at a frozen time. Ready, unless the
 * ledger cannot be opened.
 */
export async function startExporter(
  settings: Readonly<Record<string, unknown>> = {},
  wrap = (app: App) => app,
): Promise<RunningExporter> {
  const dataDir = mkdtempSync(join(tmpdir(), 'llm-cost-server-'));
  const ports = frozenPorts();
  const config = configSchema.parse({
    data_dir: dataDir,
    samplers: { host: false, gpu: false },
    ...settings,
  });
  const app = wrap(await createApp(config, { ports, build: BUILD }));
  while (app.notReadyBecause() === 'the counters are being restored') await setTimeout(2);
  const server = createHttpServer(app, config.limits, ports.log);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    app,
    server,
    ports,
    port,
    url: `http://127.0.0.1:${port}`,
    dataDir,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      await app.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** One that is gone after the test. */
export async function exporterForTest(...given: Parameters<typeof startExporter>): Promise<RunningExporter> {
  const exporter = await startExporter(...given);
  onTestFinished(() => exporter.close());
  return exporter;
}

export async function request(url: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, init);
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json') && text !== '';
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: isJson ? JSON.parse(text) : undefined,
  };
}

export type Body = string | Uint8Array<ArrayBuffer>;

/** `Content-Type: application/json` unless the headers say otherwise. */
export function post(
  { url }: RunningExporter,
  path: string,
  body: Body,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  return request(`${url}${path}`, {
    method: 'POST',
    body,
    headers: { 'Content-Type': 'application/json', ...headers },
  });
}

export function postEvents(exporter: RunningExporter, events: unknown): Promise<Answer> {
  return post(exporter, '/v1/usage', JSON.stringify(events));
}

/** Every sample by its series as it is printed. */
export async function scrape({ url }: RunningExporter): Promise<Map<string, number>> {
  return samples((await request(`${url}/metrics`)).text);
}

/** The sum of a family's samples whose labels contain all the `parts`. */
export function sumOf(
  scraped: ReadonlyMap<string, number>,
  name: string,
  ...parts: readonly string[]
): number {
  return [...scraped]
    .filter(([series]) => series.split('{')[0] === name && parts.every((part) => series.includes(part)))
    .reduce((sum, [, value]) => sum + value, 0);
}
