import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type Spawned, spawnExporter } from '../main/support/spawn-exporter.ts';
import { tempDir } from '../support/temp-dir.ts';
import { request } from './support/exporter.ts';

/** A process that listens on two addresses, the second one for OTLP. */
function start(otlpAddress: string): Spawned {
  const directory = tempDir();
  const config = join(directory, 'exporter.yaml');
  writeFileSync(config, `samplers: { host: false, gpu: false }\notlp: { listen: '${otlpAddress}' }\n`);
  return spawnExporter([
    '--config',
    config,
    '--listen',
    '127.0.0.1:0',
    '--data-dir',
    join(directory, 'data'),
  ]);
}

const json = { 'Content-Type': 'application/json' };

test('the second address takes in OTLP and nothing else; both close at the end', async () => {
  const exporter = start('127.0.0.1:0');
  const [, main] = await exporter.logged(/msg=listening address=(\S+)/);
  const [, otlp] = await exporter.logged(/msg="listening for OTLP" address=(\S+)/);
  expect(otlp).not.toBe(main);
  for (const url of [main, otlp]) {
    for (const path of ['/v1/traces', '/v1/metrics', '/v1/logs']) {
      await expect
        .poll(async () => (await request(url + path, { method: 'POST', body: '{}', headers: json })).text, {
          timeout: 10_000,
        })
        .toBe('{}');
    }
  }
  for (const [path, method] of [
    ['/metrics', 'GET'],
    ['/', 'GET'],
    ['/-/ready', 'GET'],
    ['/v1/usage', 'POST'],
    ['/v1/traces/', 'POST'],
  ]) {
    const answer = await request(otlp + path!, {
      method: method!,
      headers: json,
      ...(method === 'POST' && { body: '{}' }),
    });
    expect([path, answer.status, answer.json]).toEqual([
      path,
      404,
      { code: 5, message: `nothing is served at ${path}; expected /v1/traces, /v1/metrics, /v1/logs` },
    ]);
  }
  exporter.process.kill('SIGTERM');
  expect((await exporter.exited).code).toBe(0);
  for (const url of [main, otlp]) await expect(fetch(`${url}/v1/traces`)).rejects.toThrow('fetch failed');
});

test('a second address that is taken ends the process, and the message says which', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void other.close());
  await new Promise((resolve) => other.once('listening', resolve));
  const address = `127.0.0.1:${(other.address() as AddressInfo).port}`;
  const { code, stderr } = await start(address).exited;
  expect(code).toBe(1);
  expect(stderr).toContain(
    `llm-cost-exporter: cannot listen on ${address}: the port is in use; choose another with otlp.listen`,
  );
});
