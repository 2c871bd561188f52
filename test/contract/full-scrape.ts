import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { CONTENT_TYPES, type Format } from '../../exporter/publish/negotiate.ts';
import { serveOpenAi } from '../bills/fake-openai.ts';
import { fakeBooks, KEY } from '../bills/fake-provider.ts';
import { exposition, openTarget } from '../samplers/fake-target.ts';
import { NOW_MS } from '../support/charges.ts';
import { frozenPorts } from '../support/ports.ts';
import { type Service, type Settings, serveApp } from '../support/running-app.ts';

const FIXTURES = join(import.meta.dirname, '../fixtures');
const FAKE_NVIDIA_SMI = `#!/bin/sh
case $1 in --query-gpu=*) cat '${join(FIXTURES, 'nvidia-smi/rtx-4080.csv')}' ;; *) exit 1 ;; esac
`;
const GPU_SECONDS = 5;
const HOUR_MS = 3_600_000;

const BILL = fakeBooks({
  costs: [{ day: '2026-11-20', model: 'gpt-4o, output', amount: '12.5' }],
  tokens: { '2026-11-20': 1_250_000 },
});

const settingsWith = (nvidiaSmi: string): Settings => ({
  pricing: {
    models: [{ provider: 'in-house', model: 'llama', usd_per_million: { input: 0.5, output: 1.5 } }],
  },
  budgets: {
    monthly_usd: 100,
    tenants: { acme: { monthly_usd: 0.4 } },
    definitions: [
      { name: 'teams', each: 'team', unit: 'tokens', limit: 1_000_000, period: 'week' },
      { name: 'hard', limit: 50, enforcement: 'hard' },
    ],
  },
  samplers: { interval_seconds: 0.05, host: true, gpu: true, nvidia_smi: nvidiaSmi },
  gpu: {
    rates: [{ model: 'RTX 4080', usd_per_hour: 0.72 }],
    tenant_id: 'platform',
    team: 'infra',
    environment: 'prod',
  },
  opportunities: { interval_seconds: 0.2 },
  anomalies: { interval_seconds: 0.2 },
  forecast: { interval_seconds: 0.2 },
});

/** One scrape in each format of an exporter that has been fed everything it publishes something about. */
export async function fullScrapes(): Promise<Readonly<Record<Format, string>>> {
  const directory = mkdtempSync(join(tmpdir(), 'full-scrape-'));
  const nvidiaSmi = join(directory, 'nvidia-smi');
  writeFileSync(nvidiaSmi, FAKE_NVIDIA_SMI, { mode: 0o755 });
  const ports = frozenPorts();
  const openai = await serveOpenAi(BILL, ports.now);
  const keyFile = join(directory, 'admin-key');
  writeFileSync(keyFile, KEY);
  const engine = await openTarget(exposition('vllm'));
  const dcgm = await openTarget(exposition('dcgm'));
  const settings: Settings = {
    ...settingsWith(nvidiaSmi),
    engines: [{ engine: 'vllm', url: engine.url, name: 'chat' }],
    dcgm: [{ url: dcgm.url, name: 'gpu-node-1' }],
    bills: [{ provider: 'openai', admin_key_file: keyFile, base_url: `${openai.url}/v1` }],
  };
  const service = await serveApp(join(directory, 'data'), settings, ports);
  try {
    await until(service, /^llm_cost_exporter_bill_up\{.* 1$/m);
    await until(service, /^gpu_utilization_percent.*RTX 4080/m);
    await until(service, /^gpu_owner_info/m);
    await until(service, /^llm_engine_tokens_total/m);
    ports.nowMs += GPU_SECONDS * 1000;
    await until(service, /^llm_cost_total\{.*category="gpu_compute"/m);
    await feed(service);
    await until(service, /^cpu_utilization_percent/m);
    await until(service, /strategy="response_cache"/);
    await until(service, /strategy="model_downgrade"/);
    await until(service, /^llm_cost_expected_usd.*window="1d"/m);
    await until(service, /^llm_cost_forecast_usd.*dimension="model"/m);
    return { text: await scrape(service, 'text'), openmetrics: await scrape(service, 'openmetrics') };
  } finally {
    await service.close();
    await openai.close();
    await engine.close();
    await dcgm.close();
    rmSync(directory, { recursive: true });
  }
}

async function scrape({ url }: Service, format: Format): Promise<string> {
  const response = await fetch(`${url}/metrics`, { headers: { accept: CONTENT_TYPES[format] } });
  expect(response.headers.get('content-type')).toBe(CONTENT_TYPES[format]);
  return response.text();
}

/** Samplers and detectors run when they run. */
function until(service: Service, pattern: RegExp): Promise<void> {
  return vi.waitFor(async () => expect(await scrape(service, 'text')).toMatch(pattern), {
    timeout: 20_000,
    interval: 20,
  });
}

async function feed(service: Service): Promise<void> {
  const who = { tenant_id: 'acme', team: 'search', feature: 'answers', environment: 'prod' };
  const gpt = { ...who, provider: 'openai', model: 'gpt-4o' };
  const at = (hoursAgo: number) => new Date(NOW_MS - hoursAgo * HOUR_MS).toISOString();
  const plain = { input_tokens: 800, output_tokens: 200 };
  const events = [
    // What an hour and a day usually cost takes 8 days.
    { ...gpt, id: 'old', timestamp: at(9 * 24), usage: plain },
    ...Array.from({ length: 40 }, (_, i) => ({
      ...gpt,
      id: `call-${i}`,
      timestamp: at(5 - i / 10),
      prompt_hash: `prompt-${i % 4}`,
      latency_ms: 100 * i,
      usage: plain,
    })),
    { ...gpt, id: 'cached', timestamp: at(3), usage: { input_tokens: 90_000, cache_read_tokens: 80_000 } },
    { ...gpt, id: 'batch', timestamp: at(3), service_tier: 'batch', usage: plain },
    { ...gpt, id: 'reported', timestamp: at(2), cost_usd: 0.01, usage: plain },
    { ...gpt, id: 'failed', timestamp: at(2), status: 'error', usage: plain },
    { ...gpt, id: 'slow', timestamp: at(2), status: 'timeout', usage: plain },
    { ...who, provider: 'in-house', model: 'llama', id: 'own', timestamp: at(0.5), usage: plain },
    { provider: 'google', model: 'gemini-2.5-pro', id: 'bare', timestamp: at(0.5), usage: plain },
    { ...who, provider: 'openai', model: 'gpt-99', id: 'new-model', timestamp: at(1), usage: plain },
    { ...who, provider: 'nobody', model: 'x', id: 'new-provider', timestamp: at(1), usage: plain },
    { ...gpt, id: 'call-0', timestamp: at(5), prompt_hash: 'prompt-0', latency_ms: 0, usage: plain },
    { ...gpt, id: 'contradictory', usage: { input_tokens: 1, cache_read_tokens: 2 } },
  ];
  expect(await post(service, '/v1/usage', events)).toMatchObject({
    accepted: events.length - 2,
    duplicate: 1,
    unpriced: 2,
    rejected: [{ code: 'inconsistent_usage' }],
  });
  for (const [provider, file] of [
    ['anthropic', 'anthropic-message'],
    ['openai', 'openai-responses'],
  ]) {
    const body: unknown = JSON.parse(readFileSync(join(FIXTURES, `provider/${file}.json`), 'utf8'));
    const query = `?tenant_id=globex&timestamp=${encodeURIComponent(at(0.25))}`;
    expect(await post(service, `/v1/usage/${provider}${query}`, body)).toMatchObject({ accepted: 1 });
  }
}

async function post({ url }: Service, path: string, body: unknown): Promise<unknown> {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return response.json();
}
