import { expect, test } from 'vitest';
import { AnomalyWatch, type AnomalyWatchSources } from '../../exporter/app/anomaly-watch.ts';
import type { LedgerTotal } from '../../exporter/domain/ledger-sums.ts';
import { HOUR_MS, type HourlyQuery, type SelectedSeries } from '../../exporter/domain/series.ts';
import { hourly, START_MS, totalOf, USD } from '../anomalies/given.ts';
import { frozenPorts } from '../support/ports.ts';

const DAYS = 36;
const DAY_MS = 24 * HOUR_MS;
/** Half past the last hour of the series. */
const NOW_MS = START_MS + DAYS * DAY_MS - HOUR_MS / 2;

interface World {
  /** USD of the running hour, by tenant; the organisation is their sum. */
  now: Record<string, number>;
  totals: (fromMs: number) => readonly LedgerTotal[];
  hourlyError?: Error;
  totalsError?: Error;
}

const asked = (world: World) => {
  const queries: HourlyQuery[] = [];
  const windows: number[][] = [];
  const seriesOf = (value: string | undefined, lastUsd: number, usd: number): SelectedSeries => ({
    value,
    series: hourly(DAYS, (hour) => (hour === DAYS * 24 - 1 ? lastUsd : usd)),
  });
  const ledger: AnomalyWatchSources['ledger'] = {
    async hourly(query) {
      queries.push(query);
      if (world.hourlyError) throw world.hourlyError;
      const tenants = Object.entries(world.now);
      const all = tenants.reduce((sum, [, usd]) => sum + usd, 0);
      return [
        [seriesOf(undefined, all, 10 * tenants.length)],
        tenants.map(([name, usd]) => seriesOf(name, usd, 10)),
      ].slice(0, query.selections.length);
    },
    async totalsBetween(fromMs, toMs) {
      windows.push([fromMs, toMs]);
      if (world.totalsError) throw world.totalsError;
      return world.totals(fromMs);
    },
  };
  return { ledger, queries, windows };
};

function watching(world: World, settings: Partial<AnomalyWatchSources['settings']> = {}) {
  const ports = frozenPorts(NOW_MS);
  const { ledger, queries, windows } = asked(world);
  const watch = new AnomalyWatch({
    ledger,
    timeZone: 'UTC',
    settings: { interval_seconds: 300, history_days: 35, tenants: 20, minimum_usd: 1, ...settings },
    ports,
  });
  return { watch, ports, queries, windows };
}

const quiet = (): World => ({ now: { acme: 2, zeta: 3 }, totals: () => [] });

test('asks for the organisation and the largest tenants, to the end of the running hour', async () => {
  const { watch, queries, windows } = watching(quiet(), { history_days: 14, tenants: 7 });
  await watch.look();
  const toMs = START_MS + DAYS * DAY_MS;
  expect(queries).toEqual([
    {
      fromMs: toMs - 14 * DAY_MS,
      toMs,
      selections: [
        { scope: [], unit: 'usd' },
        { scope: [], unit: 'usd', by: { field: 'tenant', top: 7 } },
      ],
    },
  ]);
  expect(
    watch.expectations.map(({ tenantId, expectation: { window, costNanoUsd } }) => [
      tenantId,
      window,
      costNanoUsd / USD,
    ]),
  ).toEqual([
    ['', '1h', 20],
    ['', '1d', 480],
    ['acme', '1h', 10],
    ['acme', '1d', 240],
    ['zeta', '1h', 10],
    ['zeta', '1d', 240],
  ]);
  expect(watch.anomalies).toEqual([]);
  expect(windows).toEqual([]);
  expect([...watch.counts.keys()]).toEqual(['', 'acme', 'zeta']);
});

test('the organisation alone where no tenant is to be watched', async () => {
  const { watch, queries } = watching(quiet(), { tenants: 0 });
  await watch.look();
  expect(queries[0]!.selections).toEqual([{ scope: [], unit: 'usd' }]);
});

test('a running hour that already cost too much is an anomaly with a cause, found once', async () => {
  const endMs = START_MS + DAYS * DAY_MS;
  const usual = [
    totalOf({ tenant_id: 'acme', model: 'a' }, { input: [10, 10 * USD] }),
    totalOf({ tenant_id: 'zeta', model: 'a' }, { input: [10, 10 * USD] }),
  ];
  const spike = totalOf({ tenant_id: 'acme', model: 'b' }, { input: [10, 40 * USD] });
  const world: World = {
    now: { acme: 50, zeta: 10 },
    totals: (fromMs) => (fromMs === endMs - HOUR_MS ? [...usual, spike] : usual),
  };
  const { watch, windows, ports } = watching(world);
  await watch.look();
  expect(watch.anomalies).toMatchObject([
    {
      tenantId: '',
      window: '1h',
      severity: 'critical',
      startedMs: endMs - HOUR_MS,
      endedMs: undefined,
      costNanoUsd: 60 * USD,
      expected: { mid: 20 * USD },
      cause: { kind: 'model', value: 'b', nanoUsd: 40 * USD, shareRatio: 1 },
    },
    { tenantId: 'acme', window: '1h', severity: 'critical', cause: { kind: 'model', value: 'b' } },
  ]);
  expect(ports.lines).toEqual([
    `warn cost anomaly {"tenant":"","window":"1h","severity":"critical","usd":60,"expectedUsd":20,"cause":"model b"}`,
    `warn cost anomaly {"tenant":"acme","window":"1h","severity":"critical","usd":50,"expectedUsd":10,"cause":"model b"}`,
  ]);
  // The same hours of both, read once.
  const hour = (days: number) => [endMs - days * DAY_MS - HOUR_MS, endMs - days * DAY_MS];
  expect(windows).toEqual([hour(7), hour(14), hour(21), hour(0)]);
  await watch.look();
  expect(windows).toHaveLength(4);
  expect(watch.counts.get('acme')).toEqual({ info: 0, warning: 0, critical: 1 });
});

test('a ledger that does not answer is logged, and what was known is known no more', async () => {
  const world = quiet();
  const { watch, ports } = watching(world);
  await watch.look();
  world.hourlyError = new Error('the disk is gone');
  await watch.look();
  expect(watch.expectations).toEqual([]);
  expect(ports.lines).toEqual(['warn anomalies were not looked for {"error":"the disk is gone"}']);
});

test('an anomaly is told without its cause where that cannot be read', async () => {
  const { watch, ports } = watching({ ...quiet(), now: { acme: 50 }, totalsError: new Error('busy') });
  await watch.look();
  expect(watch.anomalies).toMatchObject([
    { tenantId: '', cause: undefined },
    { tenantId: 'acme', cause: undefined },
  ]);
  expect(ports.lines[0]).toBe(
    'warn the cause of an anomaly was not looked for {"tenant":"","window":"1h","error":"busy"}',
  );
});

test('at most ten anomalies of a look are explained, the dearest', async () => {
  const now = Object.fromEntries(Array.from({ length: 15 }, (_, index) => [`t${index}`, 50 + index / 2]));
  const { watch, ports } = watching({ now, totals: () => [] });
  await watch.look();
  expect(watch.anomalies).toHaveLength(16);
  const told = ports.lines.map((line) => /"tenant":"(\w*)"/.exec(line)![1]);
  expect(told).toEqual(['', 't14', 't13', 't12', 't11', 't10', 't9', 't8', 't7', 't6']);
});
