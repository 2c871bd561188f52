import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { METER, type Meter } from '../../exporter/domain/meters.ts';
import { MEASURES, RESOURCES } from '../../exporter/ingest/resource-quantity.ts';
import { createResourcesSource } from '../../exporter/ingest/resources.ts';
import { NOW_MS } from '../support/charges.ts';

const DAY_MS = 86_400_000;
const BOUNDS = { nowMs: NOW_MS, futureMs: 600_000, retentionMs: 400 * DAY_MS };
const source = createResourcesSource({ eventsPerRequest: 100 });

function readAll(body: unknown, contentType = 'application/json') {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return source.read({ body: Buffer.from(text), contentType, provider: '', attributes: {} }, BOUNDS);
}

function read(event: object) {
  const [outcome] = readAll(event);
  return outcome!;
}

function readEvent(event: object) {
  const outcome = read(event);
  if (outcome.kind !== 'event') throw new Error(JSON.stringify(outcome));
  return outcome.event;
}

describe('units come out as whole meter units', () => {
  test.each<[resource: string, quantity: number, unit: string, seconds: number | undefined, Meter, number]>([
    ['cpu', 2, 'cores', 1.5, 'cpu_core_millisecond', 3000],
    ['cpu', 250, 'millicores', 60, 'cpu_core_millisecond', 15_000],
    ['cpu', 0.1, 'cores', 1.005, 'cpu_core_millisecond', 101],
    ['cpu', 0.1, 'cores', 1.004, 'cpu_core_millisecond', 100],
    ['cpu', 64, 'cores', 365 * 86_400, 'cpu_core_millisecond', 64_000 * 365 * 86_400],
    ['cpu', 1, 'core_seconds', undefined, 'cpu_core_millisecond', 1000],
    ['cpu', 0.5, 'core_hours', undefined, 'cpu_core_millisecond', 1_800_000],
    ['memory', 1_048_576, 'bytes', 10, 'memory_mib_second', 10],
    ['memory', 512, 'KiB', 1, 'memory_mib_second', 1],
    ['memory', 511, 'KiB', 1, 'memory_mib_second', 0],
    ['memory', 3, 'MiB', 1, 'memory_mib_second', 3],
    ['memory', 1.5, 'GiB', 2, 'memory_mib_second', 3072],
    ['memory', 1, 'GB', 1, 'memory_mib_second', 954],
    ['memory', 1, 'gib_hours', undefined, 'memory_mib_second', 3_686_400],
    ['memory', 1, 'gib_seconds', undefined, 'memory_mib_second', 1024],
    ['memory', 1, 'gb_hours', undefined, 'memory_mib_second', 3_433_228],
    ['gpu', 8, 'gpus', 0.0005, 'gpu_millisecond', 4],
    ['gpu', 1, 'gpu_hours', undefined, 'gpu_millisecond', 3_600_000],
    ['gpu', 0.25, 'gpu_seconds', undefined, 'gpu_millisecond', 250],
    ['storage', 1, 'GiB', 3600, 'storage_mib_minute', 61_440],
    ['storage', 1, 'TB', 60, 'storage_mib_minute', 953_674],
    ['storage', 1, 'gib_months', undefined, 'storage_mib_minute', 44_851_200],
    ['storage', 1, 'gb_months', undefined, 'storage_mib_minute', 41_770_935],
    ['storage', 1, 'gib_hours', undefined, 'storage_mib_minute', 61_440],
    ['bandwidth', 1500, 'bytes', undefined, 'network_byte', 1500],
    ['bandwidth', 0.5, 'bytes', undefined, 'network_byte', 1],
    ['bandwidth', 1, 'GiB', undefined, 'network_byte', 1_073_741_824],
    ['bandwidth', 1000, 'TB', undefined, 'network_byte', 1e15],
    ['sandbox', 3, 'sandboxes', 20.5, 'sandbox_millisecond', 61_500],
    ['sandbox', 1, 'sandbox_hours', undefined, 'sandbox_millisecond', 3_600_000],
    ['sandbox', 1, 'sandbox_seconds', undefined, 'sandbox_millisecond', 1000],
  ])('%s: %d %s for %s s', (resource, quantity, unit, duration_seconds, meter, expected) => {
    const { quantities } = readEvent({ resource, quantity, unit, duration_seconds });
    expect(quantities[METER[meter]]).toBe(expected);
    expect(quantities.reduce((sum, each) => sum + each, 0)).toBe(expected + quantities[METER.request]!);
  });

  test('start and end are a duration', () => {
    const { quantities, timestampMs } = readEvent({
      resource: 'gpu',
      quantity: 2,
      unit: 'gpus',
      start: '2026-11-20T23:00:00+01:00',
      end: '2026-11-20T22:00:01.250Z',
    });
    expect(quantities[METER.gpu_millisecond]).toBe(2500);
    expect(timestampMs).toBe(Date.UTC(2026, 10, 20, 22, 0, 1, 250));
  });

  test('an interval in any number of parts adds up, to half a unit each', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 1e6 }), { minLength: 1, maxLength: 20 }), (partsMs) => {
        const metered = (ms: number) =>
          readEvent({ resource: 'memory', quantity: 3.7, unit: 'GB', duration_seconds: ms / 1000 })
            .quantities[METER.memory_mib_second]!;
        const total = metered(partsMs.reduce((sum, ms) => sum + ms, 0));
        const sum = partsMs.reduce((sumOfParts, ms) => sumOfParts + metered(ms), 0);
        expect(Math.abs(sum - total)).toBeLessThanOrEqual((partsMs.length + 1) / 2);
      }),
      { numRuns: 50 },
    );
  });
});

test('who and what it belongs to', () => {
  const event = readEvent({
    id: 'run-1',
    timestamp: NOW_MS,
    resource: 'sandbox',
    quantity: 1,
    unit: 'sandboxes',
    duration_seconds: 1,
    sku: 'large',
    provider: 'e2b',
    tenant_id: 'acme',
    team: 'search',
    user_id: 'u1',
    project_id: 'p1',
    feature: 'agent',
    environment: 'prod',
    execution_id: 'x1',
    cost_usd: 0.25,
    tags: { run: 'nightly' },
  });
  expect(event).toMatchObject({
    timestampMs: NOW_MS,
    dimensions: {
      provider: 'e2b',
      model: 'large',
      tenant_id: 'acme',
      team: 'search',
      project_id: 'p1',
      feature: 'agent',
      environment: 'prod',
      operation: 'sandbox',
      service_tier: '',
      status: 'success',
      category: 'cpu_compute',
    },
    userId: 'u1',
    executionId: 'x1',
    reportedCostNanoUsd: 250_000_000,
    tags: '{"run":"nightly"}',
  });
  expect(readEvent({ resource: 'storage', quantity: 1, unit: 'gb_months' }).dimensions).toMatchObject({
    provider: '',
    model: 'storage',
    category: 'storage',
  });
});

describe('ids', () => {
  const hour = { resource: 'cpu', quantity: 1, unit: 'core_hours', timestamp: NOW_MS };
  const idsOf = (events: unknown) =>
    readAll(events).map((outcome) => outcome.kind === 'event' && outcome.event.id);

  test('without one an event with a time is its content, and equal ones are numbered', () => {
    const [a, b, c] = idsOf([hour, { ...hour, tenant_id: null }, { ...hour, quantity: 2 }]);
    expect(new Set([a, b, c]).size).toBe(3);
    expect(idsOf([hour, hour])).toEqual([a, b]);
  });

  test('the end is a time', () => {
    const { timestamp: _, ...held } = { ...hour, unit: 'cores', start: NOW_MS - 1000, end: NOW_MS };
    expect(idsOf([held])).toEqual(idsOf([held]));
  });

  test('without a time each counts', () => {
    const { timestamp: _, ...timeless } = hour;
    expect(idsOf([timeless])).not.toEqual(idsOf([timeless]));
  });

  test('the resources of one run may share its id', () => {
    const [cpu, memory, again] = idsOf([
      { ...hour, id: 'run-1' },
      { ...hour, id: 'run-1', resource: 'memory', unit: 'gib_hours' },
      { ...hour, id: 'run-1' },
    ]);
    expect(cpu).not.toBe(memory);
    expect(cpu).toBe(again);
  });
});

describe('what does not fit is refused with what would', () => {
  const good = { resource: 'cpu', quantity: 1, unit: 'cores', duration_seconds: 1 };
  test.each<[fields: object, code: string, message: RegExp]>([
    [{ resource: 'tape' }, 'invalid_event', /^resource: .*"cpu"\|"memory"\|"gpu"/],
    [
      { unit: 'GiB' },
      'invalid_event',
      /^unit: expected for cpu one of cores, millicores, core_seconds, core_hours$/,
    ],
    [{ unit: 'toString' }, 'invalid_event', /^unit: expected for cpu one of/],
    [
      { duration_seconds: undefined },
      'invalid_event',
      /^duration: expected duration_seconds, or start and end, for cpu in cores$/,
    ],
    [{ unit: 'core_hours' }, 'invalid_event', /^duration: cpu in core_hours has none/],
    [{ resource: 'bandwidth', unit: 'MB' }, 'invalid_event', /^duration: bandwidth in MB has none/],
    [
      { start: NOW_MS - 1000, end: NOW_MS },
      'invalid_event',
      /either duration_seconds, or both start and end$/,
    ],
    [{ duration_seconds: null, start: NOW_MS }, 'invalid_event', /both start and end$/],
    [
      { duration_seconds: null, start: NOW_MS, end: NOW_MS - 500 },
      'inconsistent_usage',
      /^end: 0.5 s before start/,
    ],
    [{ quantity: -1 }, 'invalid_event', /^quantity: .*>=0, got -1$/],
    [{ quantity: '1' }, 'invalid_event', /^quantity: expected number/],
    [
      { quantity: 1e12, duration_seconds: 3600 },
      'invalid_event',
      /^quantity: expected at most 1000000000000000 cpu_core_milliseconds/,
    ],
    [{ duration_seconds: 1e9 }, 'invalid_event', /^duration_seconds: .*<=31708800, got 1000000000$/],
    [
      { usage: {}, model: 'x' },
      'invalid_event',
      /^unknown field "usage", "model"; your own go under "tags"$/,
    ],
    [{ tenant_id: 'a\0b' }, 'invalid_event', /NUL/],
    [{ timestamp: NOW_MS + 700_000 }, 'timestamp_in_future', /700 s ahead/],
    [{ timestamp: NOW_MS - 401 * DAY_MS }, 'timestamp_too_old', /retention/],
  ])('%j', (fields, code, message) => {
    expect(read({ ...good, ...fields })).toEqual({
      kind: 'rejected',
      code,
      message: expect.stringMatching(message),
    });
  });

  test('one bad event or line spoils no other', () => {
    const line = JSON.stringify(good);
    expect(readAll([good, 17, good]).map(({ kind }) => kind)).toEqual(['event', 'rejected', 'event']);
    expect(readAll({ events: [good, good] })).toHaveLength(2);
    expect(readAll(`${line}\n{\n${line}\n`, 'application/x-ndjson')).toMatchObject([
      { kind: 'event' },
      { kind: 'rejected', code: 'invalid_json' },
      { kind: 'event' },
    ]);
    expect(() => readAll(new Array(101).fill(good))).toThrow(/more than 100 events/);
  });

  test('any JSON is an event with a whole quantity of one meter, or rejected', () => {
    const numbers = fc.oneof(fc.double(), fc.integer(), fc.double({ min: 0, max: 1e15, noNaN: true }));
    const units = RESOURCES.flatMap((resource) => Object.keys(MEASURES[resource].units));
    const near = fc.record(
      {
        resource: fc.constantFrom(...RESOURCES),
        quantity: numbers,
        unit: fc.constantFrom(...units),
        duration_seconds: numbers,
        start: numbers,
        end: numbers,
        tenant_id: fc.string(),
      },
      { requiredKeys: ['resource', 'quantity', 'unit'] },
    );
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), near), (candidate) => {
        for (const outcome of readAll([candidate])) {
          if (outcome.kind !== 'event') continue;
          const { quantities } = outcome.event;
          expect(quantities.every((each) => Number.isSafeInteger(each) && each >= 0)).toBe(true);
          expect(quantities.filter((each) => each > 0).length).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});
