import { describe, expect, it } from 'vitest';
import type { GpuReading, SamplerState } from '../../exporter/domain/reading.ts';
import { samplerBlocks } from '../../exporter/publish/samplers.ts';
import { parseExposition } from './parse-exposition.ts';
import { scrape } from './scrape.ts';

const WHOLE: GpuReading = { gpu: '0', uuid: 'GPU-1', model: 'NVIDIA A100' };

/** Rows of the GPU families; the strict parser refuses a series that is there twice. */
async function rowsOf(...readings: readonly (readonly GpuReading[])[]): Promise<string[]> {
  const states = readings.map((gpus, i): [string, SamplerState] => [
    `sampler-${i}`,
    { state: 'up', atMs: 0, durationMs: 1, reading: { kind: 'gpu', gpus } },
  ]);
  const families = parseExposition(await scrape(samplerBlocks(new Map(states), () => 1)));
  return [...families.values()]
    .filter(({ name }) => name.startsWith('gpu_'))
    .flatMap(({ samples }) =>
      samples.map(({ name, labels, value }) => `${name} ${Object.values(labels).join(' ')} ${value}`),
    );
}

describe('a GPU that several samplers see', () => {
  it('is there once, with the first one’s values and what only the next one knows', async () => {
    const first = { ...WHOLE, utilizationPercent: 80, powerWatts: 300 };
    const second = { ...WHOLE, utilizationPercent: 99, temperatureCelsius: 50 };
    expect(await rowsOf([first], [second])).toEqual([
      'gpu_utilization_percent 0 GPU-1 NVIDIA A100 80',
      'gpu_power_watts 0 GPU-1 NVIDIA A100 300',
      'gpu_temperature_celsius 0 GPU-1 NVIDIA A100 50',
      'gpu_instance_count NVIDIA A100 1',
      'gpu_hourly_cost_usd NVIDIA A100 1',
    ]);
  });

  it('has the MIG instances of the first that lists any, whatever each calls them', async () => {
    const ofDcgm = { gpu: '0:7', uuid: 'GPU-1', model: 'NVIDIA A100 MIG 1g.5gb', memoryUsedBytes: 1 };
    const ofNvidiaSmi = { ...ofDcgm, uuid: 'MIG-1', memoryUsedBytes: 2 };
    const rows = async (...readings: readonly (readonly GpuReading[])[]) =>
      (await rowsOf(...readings)).filter((row) => /memory_used|instance_count/.test(row));
    const counts = ['gpu_instance_count NVIDIA A100 1', 'gpu_instance_count NVIDIA A100 MIG 1g.5gb 1'];
    expect(await rows([WHOLE, ofDcgm], [WHOLE, ofNvidiaSmi])).toEqual([
      'gpu_memory_used_bytes 0:7 GPU-1 NVIDIA A100 MIG 1g.5gb 1',
      ...counts,
    ]);
    expect(await rows([WHOLE], [WHOLE, ofNvidiaSmi])).toEqual([
      'gpu_memory_used_bytes 0:7 MIG-1 NVIDIA A100 MIG 1g.5gb 2',
      ...counts,
    ]);
  });

  it('is not mixed up with one of another host that has its index', async () => {
    const other = { ...WHOLE, uuid: 'GPU-2', powerWatts: 20 };
    expect(await rowsOf([{ ...WHOLE, powerWatts: 10 }, other])).toEqual([
      'gpu_power_watts 0 GPU-1 NVIDIA A100 10',
      'gpu_power_watts 0 GPU-2 NVIDIA A100 20',
      'gpu_instance_count NVIDIA A100 2',
      'gpu_hourly_cost_usd NVIDIA A100 1',
    ]);
  });

  it('has a row for each holder', async () => {
    const holders = ['a', 'b'].map((pod) => ({ namespace: 'ml', pod, container: 'c' }));
    const rows = await rowsOf([{ ...WHOLE, hostname: 'n1', holders }]);
    expect(rows.filter((row) => row.startsWith('gpu_owner_info'))).toEqual([
      'gpu_owner_info 0 GPU-1 n1 ml a c 1',
      'gpu_owner_info 0 GPU-1 n1 ml b c 1',
    ]);
  });
});
