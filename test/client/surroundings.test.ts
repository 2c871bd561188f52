import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { tempDir } from '../support/temp-dir.ts';
import { exporterForClient, tokens, total } from './support/exporter.ts';
import { providerStub } from './support/provider-stub.ts';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '../..');
const SUPPORT = join(import.meta.dirname, 'support');

describe('a process that ends by itself', () => {
  test('sends what is left', async () => {
    const exporter = await exporterForClient();
    const { stdout } = await run(process.execPath, [join(SUPPORT, 'ends-by-itself.ts'), exporter.url]);
    expect(stdout).toBe('');
    expect(await total(exporter, 'llm_requests_total')).toBe(3);
  });

  test('ends without an exporter too', async () => {
    const { stdout } = await run(process.execPath, [
      join(SUPPORT, 'ends-by-itself.ts'),
      'http://127.0.0.1:1',
    ]);
    expect(stdout).toBe('unreachable\n');
  });
});

describe('without anything of Node’s', () => {
  test.each(['worker', 'page'])('in a %s', async (kind) => {
    const [exporter, stub] = [await exporterForClient(), await providerStub()];
    const { stdout } = await run(process.execPath, [
      '--experimental-vm-modules',
      '--no-warnings',
      join(SUPPORT, 'without-node.ts'),
      exporter.url,
      stub.url,
      kind,
    ]);
    expect(JSON.parse(stdout)).toEqual({
      inside: ['undefined', 'undefined', 'undefined', 'undefined'],
      stats: { queued: 0, sent: 2, rejected: 0, dropped: 0, usageMissing: 0 },
    });
    expect(await tokens(exporter)).toEqual({ input: 800, cache_read: 1200, output: 300, reasoning: 100 });
  });

  test('its files import nothing but each other', () => {
    const files = readdirSync(join(ROOT, 'client')).filter((name) => name.endsWith('.ts'));
    expect(files).toContain('index.ts');
    for (const file of files) {
      const text = readFileSync(join(ROOT, 'client', file), 'utf8');
      const specifiers = [...text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*['"]([^'"]+)['"]/g)].map(
        ([, name]) => name!,
      );
      for (const specifier of specifiers)
        expect([file, specifier]).toEqual([file, expect.stringMatching(/^\.\/[\w-]+\.ts$/)]);
    }
  });
});

test('is published as JavaScript with types, which run where there is no TypeScript', async () => {
  const directory = tempDir();
  const output = join(directory, 'client');
  await run(process.execPath, [
    join(ROOT, 'node_modules/typescript/bin/tsc'),
    '-p',
    join(ROOT, 'client'),
    '--outDir',
    output,
  ]);
  const script = `
    import { createClient } from '${join(output, 'index.js')}';
    const client = createClient({ url: 'http://127.0.0.1:1' });
    client.trackEvent({ provider: 'openai', model: 'gpt-4o', usage: {} });
    console.log(client.stats().queued);
    process.exit();`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script]);
  expect(stdout).toBe('1\n');
  expect(readFileSync(join(output, 'index.d.ts'), 'utf8')).toContain('createClient');
});
