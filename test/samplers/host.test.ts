import { describe, expect, it } from 'vitest';
import { createHostSampler, type HostSource } from '../../exporter/samplers/host.ts';

const never = new AbortController().signal;

function source(looks: readonly (readonly [busy: number, idle: number])[], over: Partial<HostSource> = {}) {
  const rest = [...looks];
  return {
    cpus: () => {
      const [busy, idle] = rest.shift()!;
      // Two CPUs share the time, and all kinds of busy count.
      const times = { user: busy / 8, nice: busy / 8, sys: busy / 8, irq: busy / 8, idle: idle / 2 };
      return [{ times }, { times }];
    },
    memory: async () => ({ total: 1000, available: 400 }),
    pause: async () => {},
    ...over,
  };
}

describe('host sampler', () => {
  it('gives the CPU use between two samples and the memory that is not available', async () => {
    const sampler = createHostSampler(
      source([
        [1000, 1000],
        [1300, 1700],
        [1300, 2700],
      ]),
    );
    const reading = (cpuUtilizationPercent: number) => ({
      kind: 'reading',
      reading: { kind: 'host', host: { cpuUtilizationPercent, memoryUtilizationPercent: 60 } },
    });
    expect(await sampler.sample(never)).toEqual(reading(30));
    expect(await sampler.sample(never)).toEqual(reading(0));
  });

  it.each([
    [
      'a CPU was taken offline',
      [
        [1000, 1000],
        [600, 1100],
      ],
      {},
    ],
    [
      'no time passed',
      [
        [1000, 1000],
        [1000, 1000],
      ],
      {},
    ],
    [
      'memory is unknown',
      [
        [1000, 1000],
        [1100, 1100],
      ],
      { memory: async () => ({ total: 0, available: 0 }) },
    ],
    [
      'memory makes no sense',
      [
        [1000, 1000],
        [1100, 1100],
      ],
      { memory: async () => ({ total: 1000, available: 1001 }) },
    ],
  ] as const)('fails when %s', async (_, looks, over) => {
    await expect(createHostSampler(source(looks, over)).sample(never)).rejects.toThrow(/got .*expected/);
  });

  it('reads this machine', async () => {
    const sample = await createHostSampler().sample(never);
    if (sample.kind !== 'reading' || sample.reading.kind !== 'host') throw new Error('no host reading');
    const { cpuUtilizationPercent, memoryUtilizationPercent } = sample.reading.host;
    expect(cpuUtilizationPercent).toSatisfy((percent: number) => percent >= 0 && percent <= 100);
    expect(memoryUtilizationPercent).toSatisfy((percent: number) => percent > 0 && percent < 100);
  });
});
