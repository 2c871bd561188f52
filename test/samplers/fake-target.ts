import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

export interface FakeTarget {
  readonly url: string;
  become(handler: RequestListener): void;
  /** Answers with this text from now on. */
  say(text: string): void;
  close(): Promise<void>;
}

/** An answer as an engine or dcgm-exporter gives it. */
export function exposition(name: string): string {
  return readFileSync(join(import.meta.dirname, `expositions/${name}.txt`), 'utf8');
}

/** Something that is scraped, on a port of its own on loopback. The caller closes it. */
export async function openTarget(text = ''): Promise<FakeTarget> {
  let handler: RequestListener = saying(text);
  const server = createServer((request, response) => handler(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`,
    become: (next) => {
      handler = next;
    },
    say: (next) => {
      handler = saying(next);
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The same, closed with the test. */
export async function fakeTarget(text = ''): Promise<FakeTarget> {
  const target = await openTarget(text);
  onTestFinished(target.close);
  return target;
}

function saying(text: string): RequestListener {
  return (_, response) => {
    response.setHeader('content-type', 'text/plain; version=0.0.4; charset=utf-8');
    response.end(text);
  };
}
