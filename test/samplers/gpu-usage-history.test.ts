import { describe, expect, it } from 'vitest';
import type { GpuReading } from '../../exporter/domain/reading.ts';
import { GpuUsageHistory } from '../../exporter/samplers/gpu-usage-history.ts';

const HOUR = 3_600_000;
const START = 500_000 * HOUR;
const gpu = (utilizationPercent?: number, uuid = 'GPU-1'): GpuReading => ({
  gpu: '0',
  uuid,
  model: 'NVIDIA H100',
  ...(utilizationPercent !== undefined && { utilizationPercent }),
});

describe('GpuUsageHistory', () => {
  it('weighs each reading by its time', () => {
    const history = new GpuUsageHistory();
    history.record([gpu(100), gpu(7, 'GPU-2')], 900, START);
    history.record([gpu(20)], 2700, START + 2 * HOUR);
    expect(history.meanUtilization(START + 2 * HOUR)).toEqual([
      { uuid: 'GPU-1', model: 'NVIDIA H100', meanPercent: 40, hours: 1 },
      { uuid: 'GPU-2', model: 'NVIDIA H100', meanPercent: 7, hours: 0.25 },
    ]);
  });

  it('knows nothing of a GPU that does not report its utilisation', () => {
    const history = new GpuUsageHistory();
    history.record([gpu(undefined)], 15, START);
    expect(history.meanUtilization(START)).toEqual([]);
  });

  it('forgets what is older than a day, and then the GPU', () => {
    const history = new GpuUsageHistory();
    for (let hour = 0; hour < 100; hour += 1) history.record([gpu(hour)], 3600, START + hour * HOUR);
    const last = START + 99 * HOUR;
    expect(history.meanUtilization(last)).toMatchObject([{ meanPercent: 87, hours: 25 }]);
    expect(history.meanUtilization(last + 24 * HOUR)).toMatchObject([{ meanPercent: 99, hours: 1 }]);
    expect(history.meanUtilization(last + 25 * HOUR)).toEqual([]);
  });

  it('forgets what a clock that was set back left in the future', () => {
    const history = new GpuUsageHistory();
    history.record([gpu(90)], 3600, START + 50 * HOUR);
    history.record([gpu(10)], 3600, START);
    expect(history.meanUtilization(START)).toMatchObject([{ meanPercent: 10, hours: 1 }]);
  });
});
