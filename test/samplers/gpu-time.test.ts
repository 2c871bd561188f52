import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GpuTime } from '../../exporter/samplers/gpu-time.ts';

const GAP_SECONDS = 40;
const ORDER = ['dcgm:a', 'dcgm:b', 'nvidia_smi'];

/** Plays readings of one GPU, times in seconds; a sampler's own elapsed seconds are worked out as its loop does. */
function play(readings: readonly (readonly [sampler: string, atSeconds: number])[]) {
  const time = new GpuTime(ORDER, GAP_SECONDS);
  const last = new Map<string, number>();
  return readings.map(([sampler, at]) => {
    const elapsed = at - (last.get(sampler) ?? Number.NEGATIVE_INFINITY);
    last.set(sampler, at);
    const taken = time.take(sampler, ['GPU-1'], elapsed > GAP_SECONDS ? undefined : elapsed, at * 1000);
    return taken.get('GPU-1') ?? 0;
  });
}

describe('GpuTime', () => {
  it('gives a single sampler what passed since its last reading', () => {
    const at = (seconds: number) => ['nvidia_smi', seconds] as const;
    expect(play([at(0), at(15), at(45), at(86), at(100)])).toEqual([0, 15, 30, 0, 14]);
  });

  it('gives a GPU that two samplers see to the first of the order, whichever reads first', () => {
    const both = [
      ['nvidia_smi', 0],
      ['dcgm:b', 1],
      ['nvidia_smi', 15],
      ['dcgm:b', 16],
      ['nvidia_smi', 30],
      ['dcgm:b', 31],
    ] as const;
    // The second before dcgm:b came was seen by nvidia_smi.
    expect(play(both)).toEqual([0, 0, 0, 16, 0, 15]);
  });

  it('goes on with the other where one falls silent, and back, without a second lost or given twice', () => {
    const readings = [
      ['dcgm:a', 0],
      ['nvidia_smi', 0],
      ['dcgm:a', 15],
      ['nvidia_smi', 15],
      ['nvidia_smi', 30],
      ['nvidia_smi', 45],
      ['nvidia_smi', 60],
      ['dcgm:a', 61],
      ['nvidia_smi', 75],
      ['dcgm:a', 76],
    ] as const;
    expect(play(readings)).toEqual([0, 0, 15, 0, 0, 0, 45, 0, 0, 16]);
  });

  it('gives a GPU that comes later the interval it was first seen in', () => {
    const time = new GpuTime(ORDER, GAP_SECONDS);
    time.take('dcgm:a', ['GPU-1'], undefined, 0);
    expect(time.take('dcgm:a', ['GPU-1', 'GPU-2'], 15, 15_000)).toEqual(
      new Map([
        ['GPU-1', 15],
        ['GPU-2', 15],
      ]),
    );
  });

  it('gives a GPU that is listed twice once', () => {
    const time = new GpuTime(ORDER, GAP_SECONDS);
    time.take('dcgm:a', ['GPU-1', 'GPU-1'], undefined, 0);
    expect(time.take('dcgm:a', ['GPU-1', 'GPU-1'], 15, 15_000)).toEqual(new Map([['GPU-1', 15]]));
  });

  it('never gives out more than has passed, and no less while somebody watches', () => {
    const reading = fc.tuple(fc.constantFrom(...ORDER), fc.integer({ min: 0, max: 60 }));
    fc.assert(
      fc.property(fc.array(reading, { maxLength: 100 }), (steps) => {
        let at = 0;
        const readings = steps.map(([sampler, pause]) => {
          at += pause;
          return [sampler, at] as const;
        });
        const given = play(readings);
        expect(given.every((seconds) => seconds >= 0)).toBe(true);
        const total = given.reduce((sum, seconds) => sum + seconds, 0);
        expect(total).toBeLessThanOrEqual(at - (readings[0]?.[1] ?? 0));
        // Of the sampler that counts before all others, whatever the others do, every second is there.
        const first = readings.filter(([sampler]) => sampler === 'dcgm:a').map(([, seconds]) => seconds);
        const watched = first.slice(1).reduce((sum, seconds, i) => {
          const passed = seconds - first[i]!;
          return passed > GAP_SECONDS ? sum : sum + passed;
        }, 0);
        expect(total).toBeGreaterThanOrEqual(watched);
      }),
    );
  });
});
