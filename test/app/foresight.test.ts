import { expect, it } from 'vitest';
import { Foresight, type ForesightSources } from '../../exporter/app/foresight.ts';
import { configSchema } from '../../exporter/config/schema.ts';
import type { SeriesForecast } from '../../exporter/domain/forecast.ts';
import { HOUR_MS, type HourlyQuery, type SelectedSeries } from '../../exporter/domain/series.ts';
import { budgetOf } from '../budgets/given.ts';
import { frozenPorts } from '../support/ports.ts';

const NOW = Date.parse('2026-06-20T12:34:56Z');
const JUNE = Date.parse('2026-06-01T00:00:00Z');
const JULY = Date.parse('2026-07-01T00:00:00Z');
const TO = Date.parse('2026-06-20T12:00:00Z');

/** One USD an hour up to the end of the horizon, half of it and twice as much at the edges; nothing of a series that began today. */
const steady = (startMs: number, endMs: number): SeriesForecast => {
  const hours = Math.ceil((endMs - startMs) / HOUR_MS);
  const line = (usd: number) => Float64Array.from({ length: hours }, (_, hour) => (hour + 1) * usd * 1e9);
  return {
    kind: 'forecast',
    method: 'steady',
    startMs,
    stepMs: HOUR_MS,
    lower: line(0.5),
    mid: line(1),
    upper: line(2),
  };
};

/** So many hours of one USD each, for everything that is asked. */
const hourly = async ({ selections }: HourlyQuery, hours = 1000) => {
  const series = { startMs: TO - hours * HOUR_MS, amounts: new Float64Array(hours).fill(1e9) };
  return selections.map(({ by }): SelectedSeries[] =>
    (by ? ['a', 'b'] : [undefined]).map((value) => ({ value, series })),
  );
};

function given(sources: Partial<ForesightSources> = {}, hours = 1000) {
  const queries: HourlyQuery[] = [];
  const ports = frozenPorts(NOW);
  const foresight = new Foresight({
    ledger: {
      hourly: (query) => {
        queries.push(query);
        return hourly(query, hours);
      },
    },
    thread: {
      forecastAll: async (requests) =>
        requests.map(({ series: { startMs, amounts }, options }) =>
          amounts.length < 72
            ? { kind: 'too_little_history', hours: amounts.length, neededHours: 72 }
            : steady(startMs + amounts.length * HOUR_MS, options.horizonEndMs),
        ),
    },
    definitions: () => [],
    timeZone: 'UTC',
    settings: configSchema.parse({}).forecast,
    ports,
    ...sources,
  });
  return { foresight, queries, ports };
}

it('looks as far back as it is told, at whole hours, and at least over the month', async () => {
  const { foresight, queries } = given();
  await foresight.look();
  expect(queries[0]).toMatchObject({ fromMs: TO - 92 * 24 * HOUR_MS, toMs: TO });
  const short = given({ settings: { ...configSchema.parse({}).forecast, history_days: 7 } });
  await short.foresight.look();
  expect(short.queries[0]).toMatchObject({ fromMs: JUNE, toMs: TO });
});

it('expects the month of every dimension: what its hours have cost and what is to come', async () => {
  const { foresight, queries } = given();
  await foresight.look();
  expect(queries[0]!.selections.map(({ by }) => by?.field)).toEqual([
    'tenant',
    'team',
    'model',
    'provider',
    'feature',
  ]);
  const soFarUsd = (TO - JUNE) / HOUR_MS;
  const toComeUsd = (JULY - TO) / HOUR_MS;
  expect(foresight.dimensions).toHaveLength(10);
  expect(foresight.dimensions[0]).toEqual({
    dimension: 'tenant',
    value: 'a',
    method: 'steady',
    endNanoUsd: {
      lower: (soFarUsd + toComeUsd / 2) * 1e9,
      mid: (soFarUsd + toComeUsd) * 1e9,
      upper: (soFarUsd + toComeUsd * 2) * 1e9,
    },
  });
});

it('asks once for budgets of the same charges and period, not for hours, windows and subjects', async () => {
  const acme = [{ field: 'tenant', value: 'acme' }] as const;
  const definitions = [
    budgetOf({ name: 'a', scope: acme }),
    budgetOf({ name: 'b', scope: acme, limitAmount: 5 }),
    budgetOf({ name: 'year', scope: acme, period: { kind: 'year', startMonth: 1, startDay: 1 } }),
    budgetOf({ name: 'hour', period: { kind: 'hour' } }),
    budgetOf({ name: 'window', period: { kind: 'rolling', days: 30 } }),
    budgetOf({ name: 'users', each: 'user' }),
  ];
  const settings = { ...configSchema.parse({}).forecast, top: 0 };
  const { foresight, queries } = given({ definitions: () => definitions, settings });
  await foresight.look();
  expect(queries[0]!.selections).toEqual([
    { scope: acme, unit: 'usd' },
    { scope: acme, unit: 'usd' },
  ]);
  const ends = definitions.map((definition) => {
    const path = foresight.pathOf(definition);
    return path && new Date(path.startMs + path.mid.length * path.stepMs).toISOString().slice(0, 10);
  });
  expect(ends).toEqual(['2026-07-01', '2026-07-01', '2027-01-01', undefined, undefined, undefined]);
});

it('says nothing where there is too little history', async () => {
  const { foresight } = given({ definitions: () => [budgetOf()] }, 71);
  await foresight.look();
  expect([foresight.pathOf(budgetOf()), foresight.dimensions]).toEqual([undefined, []]);
});

it('keeps what it expected when it cannot look, and says so', async () => {
  let fails = false;
  const { foresight, ports } = given({
    ledger: { hourly: (query) => (fails ? Promise.reject(new Error('disk full')) : hourly(query)) },
    definitions: () => [budgetOf()],
  });
  await foresight.look();
  fails = true;
  ports.nowMs += HOUR_MS;
  await foresight.look();
  expect(foresight.pathOf(budgetOf())).toBeDefined();
  expect(ports.lines).toEqual(['warn nothing was forecast {"error":"disk full"}']);
});

it('looks again when an hour is over, when the budgets are others, and while nothing is known', async () => {
  let definitions = [budgetOf()];
  const { foresight, queries, ports } = given({ definitions: () => definitions });
  const lookedAgain = async () => {
    const before = queries.length;
    await foresight.look();
    return queries.length > before;
  };
  expect([await lookedAgain(), await lookedAgain()]).toEqual([true, false]);
  definitions = [budgetOf({ unit: 'calls' })];
  expect([await lookedAgain(), await lookedAgain()]).toEqual([true, false]);
  ports.nowMs = TO + HOUR_MS;
  expect([await lookedAgain(), await lookedAgain()]).toEqual([true, false]);
  const young = given({}, 71);
  await young.foresight.look();
  await young.foresight.look();
  expect(young.queries).toHaveLength(2);
});
