import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { Reading } from '../../exporter/domain/reading.ts';
import type { Sample, Sampler } from '../../exporter/samplers/sampler.ts';
import { type SamplingOptions, startSampling } from '../../exporter/samplers/sampling.ts';
import { manualTime } from './manual-time.ts';

const READING: Reading = {
  kind: 'host',
  host: { cpuUtilizationPercent: 1, memoryUtilizationPercent: 2 },
};
const good = async (): Promise<Sample> => ({ kind: 'reading', reading: READING });
const bad = () => Promise.reject(new Error('broken'));
const nothing = async (): Promise<Sample> => ({ kind: 'absent', reason: 'none here' });
const endless = () => new Promise<Sample>(() => {});

function start(first: Sampler['sample'], over: Partial<SamplingOptions> = {}) {
  const time = manualTime();
  const elapsed: (number | undefined)[] = [];
  let behaviour = first;
  let calls = 0;
  const sampler: Sampler = {
    id: 'host',
    sample: (signal) => {
      calls += 1;
      return behaviour(signal);
    },
  };
  const sampling = startSampling([sampler], {
    intervalSeconds: 15,
    timeoutSeconds: 10,
    ports: time.ports,
    setTimer: time.setTimer,
    onReading: (_, elapsedSeconds) => void elapsed.push(elapsedSeconds),
    ...over,
  });
  return {
    time,
    elapsed,
    sampling,
    calls: () => calls,
    state: () => sampling.states().get('host')!,
    become: (next: Sampler['sample']) => {
      behaviour = next;
    },
  };
}

describe('startSampling', () => {
  it('samples at once and then at each interval', async () => {
    const { time, calls, state, elapsed } = start(good);
    expect(state()).toEqual({ state: 'starting' });
    await time.advance(0);
    expect(state()).toEqual({ state: 'up', reading: READING, atMs: time.ports.now(), durationMs: 0 });
    await time.advance(45_000);
    expect(calls()).toBe(4);
    expect(elapsed).toEqual([undefined, 15, 15, 15]);
    expect(time.logged).toEqual([]);
  });

  it('keeps the interval, whatever a sample takes', async () => {
    const { time, calls } = start((signal) => slow(time, 4000, signal));
    await time.advance(45_000);
    expect(calls()).toBe(4);
  });

  it('charges a failed interval with the next reading, and no gap', async () => {
    const { time, elapsed, become } = start(good);
    await time.advance(15_000);
    become(bad);
    await time.advance(15_000);
    become(good);
    await time.advance(15_000);
    expect(elapsed).toEqual([undefined, 15, 30]);
    become(bad);
    await time.advance(30_000);
    become(good);
    await time.advance(30_000);
    expect(elapsed).toEqual([undefined, 15, 30, undefined, 15]);
  });

  it('brings the seconds again that were not taken in', async () => {
    let full = false;
    const elapsed: (number | undefined)[] = [];
    const { time, state } = start(good, {
      onReading: (_, elapsedSeconds) => {
        if (full) throw new Error('ledger full');
        elapsed.push(elapsedSeconds);
      },
    });
    await time.advance(0);
    full = true;
    await time.advance(15_000);
    full = false;
    await time.advance(15_000);
    expect(elapsed).toEqual([undefined, 30]);
    expect(state().state).toBe('up');
    expect(time.logged).toEqual([
      'error a reading was not taken in {"sampler":"host","error":"ledger full"}',
    ]);
  });

  it('is down after a failure, without the old reading, and logs each change of state once', async () => {
    const { time, state, become } = start(good);
    await time.advance(0);
    const lastSuccessMs = time.ports.now();
    become(bad);
    await time.advance(45_000);
    expect(state()).toEqual({ state: 'down', error: 'broken', durationMs: 0, lastSuccessMs });
    become(good);
    await time.advance(15_000);
    expect(time.logged).toEqual([
      'warn sampler is down {"sampler":"host","error":"broken"}',
      'info sampler is up again {"sampler":"host"}',
    ]);
  });

  it('is down too when a sampler throws before it returns a promise, and whatever it throws', async () => {
    const { sampling, state } = start(() => {
      throw 'not an error';
    });
    await sampling.sampleOnce();
    expect(state()).toMatchObject({ state: 'down', error: 'not an error' });
  });

  it('looks for an absent device every 10 minutes only, and says so once', async () => {
    const { time, state, calls, become } = start(nothing);
    await time.advance(0);
    expect(state()).toEqual({ state: 'absent', reason: 'none here' });
    expect(time.pending()).toEqual([600_000]);
    await time.advance(1_200_000);
    expect(calls()).toBe(3);
    expect(time.logged).toEqual([
      'info sampler has nothing to sample {"sampler":"host","reason":"none here"}',
    ]);
    become(good);
    await time.advance(600_000);
    expect(state().state).toBe('up');
    expect(time.pending()).toEqual([15_000]);
  });

  it('never runs a sampler twice at a time, though it ignores the abort', async () => {
    let release: (sample: Sample) => void = () => {};
    const { time, state, calls, become, elapsed } = start(
      () =>
        new Promise((resolve) => {
          release = resolve;
        }),
    );
    await time.advance(10_000);
    expect(state()).toMatchObject({ state: 'down', error: 'no answer within 10 s' });
    await time.advance(30_000);
    expect(calls()).toBe(1);
    expect(state()).toMatchObject({ state: 'down', error: 'the previous sample has not ended yet' });
    release(await good());
    await time.advance(0);
    expect(state().state).toBe('down');
    expect(elapsed).toEqual([]);
    become(good);
    await time.advance(15_000);
    expect(calls()).toBe(2);
    expect(state().state).toBe('up');
  });

  it('tells a sampler that its time is over', async () => {
    let reason: unknown;
    const { time } = start((signal) => {
      signal.addEventListener('abort', () => {
        reason = signal.reason;
      });
      return endless();
    });
    await time.advance(9_999);
    expect(reason).toBeUndefined();
    await time.advance(1);
    expect(reason).toEqual(new Error('no answer within 10 s'));
  });

  it('joins a sample that is under way', async () => {
    const { sampling, calls } = start(good);
    await Promise.all([sampling.sampleOnce(), sampling.sampleOnce()]);
    expect(calls()).toBe(1);
  });

  it('does not keep the process alive', async () => {
    const module = new URL('../../exporter/samplers/sampling.ts', import.meta.url).href;
    const program = `
      import { startSampling } from ${JSON.stringify(module)};
      const ports = { now: () => 0, monotonic: () => 0, log: console };
      const sampler = { id: 'host', sample: () => new Promise(() => {}) };
      startSampling([sampler], { intervalSeconds: 600, timeoutSeconds: 600, ports, onReading() {} }).sampleOnce();
      console.log('end');
    `;
    const args = ['--input-type=module', '--eval', program];
    const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 20_000 });
    expect(stdout).toBe('end\n');
  }, 30_000);

  it('leaves no timer after stop between two samples', async () => {
    const { time, sampling } = start(good);
    await time.advance(0);
    expect(time.pending()).toEqual([15_000]);
    await sampling.stop();
    expect(time.pending()).toEqual([]);
  });

  it('leaves no timer and gives no reading after stop in the middle of a sample', async () => {
    const { time, sampling, elapsed, state, calls } = start((signal) => slow(time, 5000, signal));
    await time.advance(1000);
    await sampling.stop();
    await sampling.sampleOnce();
    await time.advance(100_000);
    expect(calls()).toBe(1);
    expect(elapsed).toEqual([]);
    expect(state()).toEqual({ state: 'starting' });
    expect(time.logged).toEqual([]);
    expect(time.pending()).toEqual([]);
  });
});

/** A good sample after `ms`, or a rejection at the abort. */
function slow(time: ReturnType<typeof manualTime>, ms: number, signal: AbortSignal): Promise<Sample> {
  return new Promise((resolve, reject) => {
    const cancel = time.setTimer(() => resolve(good()), ms);
    signal.addEventListener('abort', () => {
      cancel();
      reject(signal.reason);
    });
  });
}
