import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { z } from 'zod';
import { type App, createApp } from '../../exporter/app/index.ts';
import { type Config, configSchema } from '../../exporter/config/schema.ts';
import { encode } from '../../exporter/publish/encoder.ts';
import { createHttpServer } from '../../exporter/server/index.ts';
import { type FrozenPorts, frozenPorts } from './ports.ts';

export type Settings = Omit<z.input<typeof configSchema>, 'data_dir'>;

export const BUILD = { version: '1.2.3', revision: 'abc1234', nodeVersion: 'v24.0.0' };

/** Nothing is sampled unless the settings say so. */
export function configOf(dataDir: string, settings: Settings): Config {
  return configSchema.parse({ samplers: { host: false, gpu: false }, ...settings, data_dir: dataDir });
}

/** An app on a directory that has restored its counters, if it can. The caller closes it. */
export async function openApp(
  dataDir: string,
  settings: Settings = {},
  ports: FrozenPorts = frozenPorts(),
): Promise<App> {
  const app = await createApp(configOf(dataDir, settings), {
    ports,
    build: BUILD,
    configFile: 'config.yaml',
  });
  while (/being (opened|restored)/.test(app.notReadyBecause() ?? '')) await nextTurn();
  return app;
}

/** What a scrape of the app says, as text. */
export async function exposition(app: App, scraper?: string): Promise<string> {
  const { blocks, foreign } = await app.scrape(scraper);
  const chunks: Buffer[] = [];
  for await (const chunk of encode(blocks, 'text', foreign)) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

export interface Service {
  readonly app: App;
  readonly url: string;
  close(): Promise<void>;
}

/** An app with its HTTP edge on a port of its own. The caller closes it. */
export async function serveApp(
  dataDir: string,
  settings: Settings = {},
  ports: FrozenPorts = frozenPorts(),
): Promise<Service> {
  const app = await openApp(dataDir, settings, ports);
  const server = createHttpServer(app, configOf(dataDir, settings).limits, ports.log);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    app,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await app.close();
    },
  };
}
