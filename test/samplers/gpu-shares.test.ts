import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { METER } from '../../exporter/domain/meters.ts';
import type { GpuHolder, GpuReading } from '../../exporter/domain/reading.ts';
import { GpuClock, gpuCharges } from '../../exporter/samplers/gpu-accrual.ts';
import { gpuShares } from '../../exporter/samplers/gpu-shares.ts';

const OWNER = { tenant_id: 'platform', team: 'infra', environment: 'prod' };
const GPU: GpuReading = { gpu: '0', uuid: 'GPU-1', model: 'NVIDIA A100', hostname: 'n1', holders: [] };

const holder = (namespace: string, pod = 'p', container = 'c'): GpuHolder => ({ namespace, pod, container });
const instance = (id: number, held: number, holders: readonly GpuHolder[]): GpuReading => ({
  ...GPU,
  gpu: `0:${id}`,
  holders,
  slices: { held, of: 7 },
});

const A = holder('a');
const B = holder('b');

describe('gpuShares', () => {
  const sevenths = (parts: number) => expect.closeTo(parts / 7, 9);

  it.each<[string, readonly GpuReading[], unknown]>([
    ['nobody has it', [GPU], [{ holder: undefined, ratio: 1 }]],
    ['one has it', [{ ...GPU, holders: [A] }], [{ holder: A, ratio: 1 }]],
    [
      'two share it',
      [{ ...GPU, holders: [A, B] }],
      [
        { holder: A, ratio: 0.5 },
        { holder: B, ratio: 0.5 },
      ],
    ],
    [
      'instances by their slices, the rest is nobody’s',
      [GPU, instance(1, 3, [A]), instance(2, 1, [B]), instance(3, 1, [])],
      [
        { holder: A, ratio: sevenths(3) },
        { holder: B, ratio: sevenths(1) },
        { holder: undefined, ratio: sevenths(3) },
      ],
    ],
    [
      'seven instances are all of it',
      [GPU, ...Array.from({ length: 7 }, (_, i) => instance(i, 1, [holder(`n${i}`)]))],
      Array.from({ length: 7 }, (_, i) => ({ holder: holder(`n${i}`), ratio: sevenths(1) })),
    ],
    [
      'instances of one container are one share',
      [GPU, instance(1, 3, [A]), instance(2, 4, [A])],
      [{ holder: A, ratio: expect.closeTo(1, 9) }],
    ],
    [
      'two share an instance',
      [GPU, instance(1, 7, [A, B])],
      [
        { holder: A, ratio: 0.5 },
        { holder: B, ratio: 0.5 },
      ],
    ],
    [
      'an instance of unknown size is nobody’s',
      [GPU, { ...GPU, gpu: '0:1', holders: [A] }],
      [{ holder: undefined, ratio: 1 }],
    ],
    [
      'more slices than there are do not make it more than one GPU',
      [GPU, instance(1, 7, [A]), instance(2, 7, [B])],
      [
        { holder: A, ratio: 0.5 },
        { holder: B, ratio: 0.5 },
      ],
    ],
  ])('%s', (_, gpus, expected) => {
    expect(gpuShares(gpus).get('GPU-1')).toEqual(expected);
  });
});

describe('gpuCharges of GPUs that pods hold', () => {
  const gpus = [GPU, instance(1, 3, [holder('ml', 'train-0', 'train')]), instance(2, 1, [])];
  const charged = (tenantFromNamespace: boolean) =>
    gpuCharges(gpus, 70, 1000, OWNER, new GpuClock(), tenantFromNamespace).map(
      ({ id, dimensions, quantities, tags }) => ({
        id,
        tenant_id: dimensions.tenant_id,
        operation: dimensions.operation,
        seconds: quantities[METER.gpu_second],
        tags: JSON.parse(tags),
      }),
    );
  const tags = { hostname: 'n1', k8s_namespace: 'ml', k8s_pod: 'train-0', k8s_container: 'train' };

  it('charges the namespace, and what nobody has to the owner, apart', () => {
    expect(charged(true)).toEqual([
      { id: 'gpu:GPU-1:1000:ml/train-0/train', tenant_id: 'ml', operation: 'gpu', seconds: 30, tags },
      {
        id: 'gpu:GPU-1:1000',
        tenant_id: 'platform',
        operation: 'gpu_unallocated',
        seconds: 40,
        tags: { hostname: 'n1' },
      },
    ]);
  });

  it('charges all of it to the owner where namespaces are no tenants', () => {
    expect(charged(false)).toMatchObject([
      { tenant_id: 'platform', operation: 'gpu', seconds: 30, tags },
      { tenant_id: 'platform', operation: 'gpu', seconds: 40, tags: { hostname: 'n1' } },
    ]);
  });

  it('loses no second and makes none, whoever comes and goes', () => {
    const holders = fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { maxLength: 3 });
    const layout = fc.oneof(
      holders.map((names) => [{ ...GPU, holders: names.map((name) => holder(name)) }]),
      fc
        .array(fc.tuple(fc.integer({ min: 1, max: 4 }), holders), { minLength: 1, maxLength: 7 })
        .map((list) => [
          GPU,
          ...list.map(([held, names], i) =>
            instance(
              i,
              held,
              names.map((name) => holder(name)),
            ),
          ),
        ]),
    );
    const interval = fc.double({ min: 0, max: 100, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(layout, interval), { minLength: 40, maxLength: 60 }), (readings) => {
        const clock = new GpuClock();
        let passed = 0;
        let charged = 0;
        for (const [reading, seconds] of readings) {
          passed += seconds;
          const events = gpuCharges(reading, seconds, 0, OWNER, clock, true);
          expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
          for (const { quantities } of events) {
            const whole = quantities[METER.gpu_second]!;
            expect(whole).toSatisfy((one: number) => Number.isSafeInteger(one) && one > 0);
            charged += whole;
          }
          // Less than a second is kept back for each of at most four: a, b, c and nobody.
          expect(passed - charged).toSatisfy((rest: number) => rest > -1e-6 && rest < 4 + 1e-6);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('gives each holder its share to within a second, however short the intervals', () => {
    const clock = new GpuClock();
    const seconds = new Map<string, number>();
    const split = [GPU, instance(1, 1, [A]), instance(2, 2, [B])];
    for (let i = 0; i < 1000; i++) {
      for (const { dimensions, quantities } of gpuCharges(split, 0.7, i, OWNER, clock, true)) {
        const { tenant_id } = dimensions;
        seconds.set(tenant_id, (seconds.get(tenant_id) ?? 0) + quantities[METER.gpu_second]!);
      }
    }
    for (const [tenant, share] of Object.entries({ a: 100, b: 200, platform: 400 })) {
      expect(Math.abs(seconds.get(tenant)! - share), tenant).toBeLessThanOrEqual(1);
    }
  });
});
