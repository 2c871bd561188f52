import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { METER, METERS } from '../../exporter/domain/meters.ts';
import type { GpuReading } from '../../exporter/domain/reading.ts';
import { GpuClock, gpuCharges } from '../../exporter/samplers/gpu-accrual.ts';

const OWNER = { tenant_id: 'acme', team: 'ml', environment: 'prod' };
const GPU: GpuReading = { gpu: '0', uuid: 'GPU-1', model: 'NVIDIA H100' };

describe('gpuCharges', () => {
  it('makes one event of the seconds since the previous reading', () => {
    const [event, ...rest] = gpuCharges([GPU], 15, 1_800_000_000_000, OWNER, new GpuClock());
    expect(rest).toEqual([]);
    expect(event).toEqual({
      id: 'gpu:GPU-1:1800000000000',
      timestampMs: 1_800_000_000_000,
      dimensions: {
        provider: '',
        model: 'NVIDIA H100',
        ...OWNER,
        project_id: '',
        feature: '',
        operation: 'gpu',
        service_tier: '',
        status: 'success',
        category: 'gpu_compute',
      },
      quantities: METERS.map((meter) => (meter === 'gpu_second' ? 15 : 0)),
      userId: '',
      executionId: '',
      promptHash: '',
      latencyMs: undefined,
      reportedCostNanoUsd: undefined,
      tags: '',
    });
  });

  it('charges a GPU in MIG mode once, and not its instances', () => {
    const gpus = [
      GPU,
      { ...GPU, gpu: '0:2', uuid: 'MIG-1' },
      { ...GPU, gpu: '0:9', uuid: 'MIG-2' },
      { ...GPU, gpu: '1', uuid: 'GPU-2' },
    ];
    const events = gpuCharges(gpus, 15, 0, OWNER, new GpuClock());
    expect(events.map((event) => event.id)).toEqual(['gpu:GPU-1:0', 'gpu:GPU-2:0']);
  });

  it('makes no event of less than a second', () => {
    const clock = new GpuClock();
    expect(gpuCharges([GPU], 0.75, 0, OWNER, clock)).toEqual([]);
    expect(gpuCharges([GPU], 0.75, 0, OWNER, clock)[0]?.quantities[METER.gpu_second]).toBe(1);
  });

  it('loses no second, over any intervals, for any GPUs', () => {
    const interval = fc.double({ min: 0, max: 100, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom('a', 'b'), interval), { maxLength: 300 }),
        (intervals) => {
          const clock = new GpuClock();
          const passed = { a: 0, b: 0 };
          const charged = { a: 0, b: 0 };
          for (const [uuid, seconds] of intervals) {
            passed[uuid] += seconds;
            for (const event of gpuCharges([{ ...GPU, uuid }], seconds, 0, OWNER, clock)) {
              const whole = event.quantities[METER.gpu_second]!;
              expect(whole).toSatisfy(Number.isSafeInteger);
              charged[uuid] += whole;
            }
          }
          for (const uuid of ['a', 'b'] as const) {
            expect(passed[uuid] - charged[uuid]).toSatisfy((rest: number) => rest > -1e-6 && rest < 1 + 1e-6);
          }
        },
      ),
    );
  });
});
