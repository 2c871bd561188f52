import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { loadConfig } from '../../exporter/config/load.ts';
import type { ConfigError } from '../../exporter/domain/errors.ts';
import { serveOpenAi } from '../bills/fake-openai.ts';
import { fakeBooks, KEY } from '../bills/fake-provider.ts';
import { frozenPorts } from '../support/ports.ts';
import { openApp, serveApp } from '../support/running-app.ts';
import { tempDir } from '../support/temp-dir.ts';
import { keyFile } from './given-bill.ts';

test('a running exporter reads its bill, and shows its key nowhere', async () => {
  const ports = frozenPorts();
  const provider = await serveOpenAi(
    fakeBooks({ costs: [{ day: '2026-11-20', model: 'gpt-4o, input', amount: 3 }] }),
    ports.now,
  );
  onTestFinished(() => provider.close());
  const service = await serveApp(
    tempDir(),
    {
      bills: [
        {
          provider: 'openai',
          admin_key_file: keyFile(),
          base_url: `${provider.url}/v1`,
          bill_only: true,
        },
        { provider: 'anthropic', admin_key_file: keyFile(), base_url: provider.url },
      ],
    },
    ports,
  );
  onTestFinished(() => service.close());
  const page = async (path: string) => (await fetch(`${service.url}${path}`)).text();
  const metrics = await vi.waitFor(
    async () => {
      const text = await page('/metrics');
      expect(text).toContain('llm_cost_exporter_bill_up{provider="openai"} 1');
      expect(text).toContain('llm_cost_exporter_bill_up{provider="anthropic"} 0');
      return text;
    },
    { timeout: 10_000, interval: 20 },
  );
  expect(metrics).toContain('llm_cost_exporter_ingest_events_total{source="bill",result="accepted"} 1');
  expect(metrics).toMatch(/^llm_cost_total\{provider="openai",model="gpt-4o",.*\} 3$/m);
  expect(ports.lines.filter((line) => line.includes('the bill cannot be read'))).toHaveLength(1);
  for (const text of [metrics, await page('/'), await page('/readyz'), ports.lines.join('\n')]) {
    expect(text).not.toContain(KEY);
    expect(text).not.toContain(KEY.slice(0, 12));
  }
});

test('an exporter ends while a provider does not answer', async () => {
  const silent = createServer();
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  onTestFinished(() => void silent.closeAllConnections());
  onTestFinished(() => void silent.close());
  const asked = once(silent, 'request');
  const base_url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  const ports = frozenPorts();
  const app = await openApp(
    tempDir(),
    { bills: [{ provider: 'openrouter', admin_key_file: keyFile(), base_url }] },
    ports,
  );
  await asked;
  await app.close();
  expect(ports.lines.filter((line) => line.includes('bill'))).toEqual([]);
});

test.each([
  [
    'two bills of one provider',
    '[{provider: openai, admin_key_file: a}, {provider: openai, admin_key_file: b}]',
    /bills: expected one bill per provider/,
  ],
  [
    'an address with a password',
    '[{provider: openai, admin_key_file: a, base_url: "https://me:secret@proxy/v1"}]',
    /bills\.0\.base_url: expected a URL without user and password, got "\*\*\*"/,
  ],
  [
    'looks more often than once a minute',
    '[{provider: openai, admin_key_file: a, interval_seconds: 59}]',
    /bills\.0\.interval_seconds: expected number to be >=60/,
  ],
])('%s are refused by the configuration', (_, bills, message) => {
  const file = join(tempDir(), 'exporter.yaml');
  writeFileSync(file, `bills: ${bills}\n`);
  let error: ConfigError | undefined;
  try {
    loadConfig(file, []);
  } catch (thrown) {
    error = thrown as ConfigError;
  }
  expect(error?.problems.join('\n')).toMatch(message);
  expect(error?.problems.join('\n')).not.toContain('secret');
});
