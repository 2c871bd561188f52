import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { frozenPorts } from '../support/ports.ts';
import { type Service, type Settings, serveApp } from '../support/running-app.ts';
import { tempDir } from '../support/temp-dir.ts';
import { exposition, fakeTarget } from './fake-target.ts';

const GPU_1 = 'GPU-11111111-1111-1111-1111-111111111111';
const GPU_2 = 'GPU-22222222-2222-2222-2222-222222222222';
const H100 = 'NVIDIA H100 80GB HBM3';
const LLAMA = 'meta-llama/Llama-3.1-8B-Instruct';

async function serve(settings: Settings) {
  const ports = frozenPorts();
  const service = await serveApp(tempDir(), settings, ports);
  onTestFinished(service.close);
  return { service, ports };
}

async function linesOf({ url }: Service, pattern: RegExp): Promise<string[]> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return text.split('\n').filter((line) => pattern.test(line));
}

const until = (service: Service, pattern: RegExp) =>
  vi.waitFor(async () => expect(await linesOf(service, pattern)).not.toEqual([]), {
    timeout: 20_000,
    interval: 20,
  });

it('publishes what engines say, and counts none of it as usage', async () => {
  const target = await fakeTarget(exposition('vllm'));
  const tgi = await fakeTarget(exposition('tgi'));
  const { service } = await serve({
    samplers: { interval_seconds: 0.05, host: false, gpu: false },
    engines: [
      { engine: 'vllm', url: target.url, name: 'chat' },
      { engine: 'tgi', url: tgi.url, name: 'old', model: 'falcon' },
    ],
  });
  await until(service, /^llm_engine_tokens_total.*falcon/);
  await until(service, /^llm_engine_tokens_total.*llama/i);
  const vllm = `engine="vllm",target="chat",model="${LLAMA}"`;
  const old = 'engine="tgi",target="old",model="falcon"';
  expect(await linesOf(service, /^llm_engine/)).toEqual([
    `llm_engine_tokens_total{${vllm},token_type="input"} 24975200`,
    `llm_engine_tokens_total{${vllm},token_type="cache_read"} 34176600`,
    `llm_engine_tokens_total{${vllm},token_type="output"} 740000`,
    `llm_engine_tokens_total{${old},token_type="input"} 60500`,
    `llm_engine_tokens_total{${old},token_type="output"} 24000`,
    `llm_engine_requests_total{${vllm},finish_reason="stop"} 901`,
    `llm_engine_requests_total{${vllm},finish_reason="length"} 70`,
    `llm_engine_requests_total{${vllm},finish_reason="abort"} 8`,
    `llm_engine_requests_total{${old}} 120`,
    `llm_engine_requests_total{${old},finish_reason="error"} 10`,
    `llm_engine_requests_running{${vllm}} 5`,
    `llm_engine_requests_running{${old}} 8`,
    `llm_engine_requests_waiting{${vllm}} 4`,
    `llm_engine_requests_waiting{${old}} 3`,
    `llm_engine_kv_cache_usage_ratio{${vllm}} 0.5`,
  ]);

  const response = await fetch(`${service.url}/v1/usage`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ provider: 'own', model: LLAMA, id: '1', usage: { input_tokens: 7 } }),
  });
  expect(response.status).toBe(200);
  expect(
    await linesOf(service, /^llm_(tokens|requests|cost)_total|^llm_unpriced|^llm_cost_exporter_ledger_rows/),
  ).toEqual([
    `llm_tokens_total{provider="own",model="${LLAMA}",token_type="input"} 7`,
    `llm_requests_total{provider="own",model="${LLAMA}",status="success"} 1`,
    expect.stringContaining('llm_unpriced_tokens_total{'),
    expect.stringContaining('llm_unpriced_requests_total{'),
    'llm_cost_exporter_ledger_rows 1',
  ]);

  target.become((_, answer) => void answer.writeHead(503).end());
  await until(service, /^llm_cost_exporter_sampler_up\{sampler="vllm:chat"\} 0$/);
  expect(await linesOf(service, /^llm_engine.*target="chat"/)).toEqual([]);
  expect(await linesOf(service, /^llm_cost_exporter_sampler_up/)).toEqual([
    'llm_cost_exporter_sampler_up{sampler="vllm:chat"} 0',
    'llm_cost_exporter_sampler_up{sampler="tgi:old"} 1',
  ]);
});

it('charges the GPUs of pods once, though nvidia-smi sees one of them too', async () => {
  const target = await fakeTarget(exposition('dcgm'));
  const nvidiaSmi = join(tempDir(), 'nvidia-smi');
  const csv = `index, uuid, name, fan.speed [%]\\n0, ${GPU_1}, ${H100}, 30 %\\n7, GPU-7, ${H100}, 30 %\\n`;
  writeFileSync(nvidiaSmi, `#!/bin/sh\nprintf '${csv.replaceAll('%', '%%')}'\n`, { mode: 0o755 });
  const { service, ports } = await serve({
    samplers: { interval_seconds: 0.05, host: false, gpu: true, nvidia_smi: nvidiaSmi },
    dcgm: [{ url: target.url, name: 'node' }],
    gpu: { rates: [{ model: 'H100', usd_per_hour: 3.6 }], tenant_id: 'platform' },
  });
  const bothRead = async () => {
    for (const sampler of ['dcgm:node', 'nvidia_smi']) {
      const name = 'llm_cost_exporter_sampler_last_success_timestamp_seconds';
      await until(service, new RegExp(`^${name}\\{sampler="${sampler}"\\} ${ports.nowMs / 1000}$`));
    }
  };
  await bothRead();
  ports.nowMs += 5000;
  await bothRead();
  ports.nowMs += 5000;
  await bothRead();
  const cost = `model="${H100}",category="gpu_compute"`.split(',');
  const costOf = (tenant: string, usd: number) =>
    `llm_cost_total{${cost[0]},tenant_id="${tenant}",${cost[1]}} ${usd}`;
  // A rate of 0.001 USD a second: of the pod's GPU, and of the two that nobody has.
  await vi.waitFor(async () =>
    expect((await linesOf(service, /^llm_cost_total/)).toSorted()).toEqual([
      costOf('platform', 0.02),
      costOf('search', 0.01),
    ]),
  );
  expect(await linesOf(service, /^gpu_(owner|utilization|instance|hourly)/)).toEqual([
    `gpu_utilization_percent{gpu="0",uuid="${GPU_1}",gpu_model="${H100}"} 87.5`,
    `gpu_utilization_percent{gpu="1",uuid="${GPU_2}",gpu_model="${H100}"} 0`,
    `gpu_instance_count{gpu_model="${H100}"} 3`,
    `gpu_hourly_cost_usd{gpu_model="${H100}"} 3.6`,
    `gpu_owner_info{gpu="0",uuid="${GPU_1}",hostname="gpu-node-1",k8s_namespace="search",k8s_pod="vllm-0",k8s_container="vllm"} 1`,
  ]);
});
