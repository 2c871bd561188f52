import type os from 'node:os';
import { describe, expect, it } from 'vitest';
import type { Reading } from '../../exporter/domain/reading.ts';
import { createDcgmSampler } from '../../exporter/samplers/dcgm.ts';
import { createEngineSampler } from '../../exporter/samplers/engine.ts';
import { createHostSampler, type HostSource } from '../../exporter/samplers/host.ts';
import { createNvidiaSmiSampler } from '../../exporter/samplers/nvidia-smi.ts';
import type { Sampler } from '../../exporter/samplers/sampler.ts';
import { startSampling } from '../../exporter/samplers/sampling.ts';
import { fakeNvidiaSmi } from './fake-nvidia-smi.ts';
import { exposition, fakeTarget } from './fake-target.ts';
import { type ManualTime, manualTime } from './manual-time.ts';

type Mood = 'healthy' | 'failing' | 'hanging' | 'absent';

interface Subject {
  readonly sampler: Sampler;
  set(mood: Mood): void;
}

/** One entry for each sampler: how to bring it into each mood. `absent` is left out where it cannot be. */
const SUBJECTS: Record<
  string,
  { moods: readonly Mood[]; create(time: ManualTime): Subject | Promise<Subject> }
> = {
  host: {
    moods: ['healthy', 'failing', 'hanging'],
    create() {
      let mood: Mood = 'healthy';
      const memory: Record<string, HostSource['memory']> = {
        healthy: async () => ({ total: 1000, available: 250 }),
        failing: () => Promise.reject(new Error('no /proc/meminfo')),
        hanging: () => new Promise(() => {}),
      };
      let ticks = 0;
      const cpus = () => {
        ticks += 100;
        return [{ times: cpuTimes(ticks, 3 * ticks) }];
      };
      const sampler = createHostSampler({
        cpus,
        memory: () => memory[mood]!(),
        pause: async () => {},
      });
      return {
        sampler,
        set: (next) => {
          mood = next;
        },
      };
    },
  },
  nvidia_smi: {
    moods: ['healthy', 'failing', 'hanging', 'absent'],
    create(time) {
      const fake = fakeNvidiaSmi('h200-x8');
      const play: Record<Mood, () => void> = {
        healthy: () => fake.play('h200-x8'),
        failing: () => fake.play('version-mismatch.exit18'),
        hanging: fake.hang,
        absent: () => fake.play('no-devices.exit6'),
      };
      const sampler = createNvidiaSmiSampler({ program: fake.program, log: time.ports.log });
      return { sampler, set: (mood) => play[mood]() };
    },
  },
  'dcgm:node': scraped(exposition('dcgm'), (url, time) =>
    createDcgmSampler({
      url,
      name: 'node',
      tenantFromNamespace: true,
      monotonic: time.ports.monotonic,
    }),
  ),
  'vllm:chat': scraped(exposition('vllm'), (url) =>
    createEngineSampler({ engine: 'vllm', url, name: 'chat', model: '' }),
  ),
};

/** A sampler of something that answers HTTP. There is no `absent`: it was configured, so it ought to be there. */
function scraped(text: string, samplerOf: (url: string, time: ManualTime) => Sampler) {
  return {
    moods: ['healthy', 'failing', 'hanging'] as const,
    async create(time: ManualTime): Promise<Subject> {
      const target = await fakeTarget(text);
      const play: Record<Mood, () => void> = {
        healthy: () => target.say(text),
        failing: () => target.become((_, response) => void response.writeHead(500).end()),
        hanging: () => target.become(() => {}),
        absent: () => {},
      };
      return { sampler: samplerOf(target.url, time), set: (mood) => play[mood]() };
    },
  };
}

function cpuTimes(busy: number, idle: number): os.CpuInfo['times'] {
  return { user: busy, nice: 0, sys: 0, irq: 0, idle };
}

const NEIGHBOUR_READING: Reading = {
  kind: 'host',
  host: { cpuUtilizationPercent: 1, memoryUtilizationPercent: 2 },
};
const neighbour: Sampler = {
  id: 'neighbour',
  sample: async () => ({ kind: 'reading', reading: NEIGHBOUR_READING }),
};

describe.each(Object.entries(SUBJECTS))('sampler %s keeps the contract', (id, { moods, create }) => {
  async function start() {
    const time = manualTime();
    const subject = await create(time);
    const readings: Reading[] = [];
    const sampling = startSampling([subject.sampler, neighbour], {
      intervalSeconds: 15,
      timeoutSeconds: 10,
      ports: time.ports,
      setTimer: time.setTimer,
      onReading: (reading) => void readings.push(reading),
    });
    const state = () => sampling.states().get(id)!;
    return { time, subject, readings, sampling, state };
  }

  it('has the id that its metrics are labelled with', async () => {
    expect((await start()).subject.sampler.id).toBe(id);
  });

  it('gives finite numbers within their ranges', async () => {
    const { sampling, state } = await start();
    await sampling.sampleOnce();
    await sampling.sampleOnce();
    const now = state();
    expect(now.state).toBe('up');
    const numbers: [string, number][] = [];
    JSON.stringify(now, (key, value) => {
      if (typeof value === 'number') numbers.push([key, value]);
      return value;
    });
    expect(numbers.length).toBeGreaterThan(2);
    for (const [key, value] of numbers) {
      expect(value, key).toSatisfy(Number.isFinite);
      if (key.endsWith('Percent')) expect(value, key).toSatisfy((p: number) => p >= 0 && p <= 100);
    }
  });

  it('is down after a failure, without its old reading, and its neighbour is sampled', async () => {
    const { time, subject, sampling, state, readings } = await start();
    await sampling.sampleOnce();
    expect(state().state).toBe('up');
    subject.set('failing');
    readings.length = 0;
    await sampling.sampleOnce();
    expect(state()).toEqual({
      state: 'down',
      error: expect.stringMatching(/./),
      durationMs: expect.any(Number),
      lastSuccessMs: time.ports.now(),
    });
    expect(readings).toEqual([NEIGHBOUR_READING]);
    expect(sampling.states().get('neighbour')).toMatchObject({ state: 'up' });
  });

  it('ends at the deadline and holds up no neighbour', async () => {
    const { time, subject, sampling, state } = await start();
    subject.set('hanging');
    const sampled = sampling.sampleOnce();
    await expect.poll(() => sampling.states().get('neighbour')?.state).toBe('up');
    expect(state().state).toBe('starting');
    await time.advance(10_000);
    await sampled;
    expect(state()).toMatchObject({ state: 'down', error: 'no answer within 10 s', durationMs: 10_000 });
    expect(state()).not.toHaveProperty('reading');
    expect(state()).not.toHaveProperty('lastSuccessMs');
    await sampling.stop();
  });

  if (!moods.includes('absent')) return;
  it('is absent, not down, where there is nothing to sample', async () => {
    const { subject, sampling, state, readings, time } = await start();
    subject.set('absent');
    await sampling.sampleOnce();
    await sampling.sampleOnce();
    expect(state()).toEqual({ state: 'absent', reason: expect.stringMatching(/./) });
    expect(readings).toEqual([NEIGHBOUR_READING, NEIGHBOUR_READING]);
    expect(time.logged).toHaveLength(1);
  });
});
