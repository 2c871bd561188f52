import { NANO_PER_USD } from '../../exporter/domain/money.ts';
import { monthOf, type Period } from '../../exporter/domain/period.ts';
import { HOUR_MS, type HourlySeries } from '../../exporter/domain/series.ts';
import { localHours } from '../../exporter/forecast/local-hours.ts';
import { createRandom, type Random } from '../random.ts';

/** The last one has no history before its month. */
export const SERIES_KINDS = [
  'trend',
  'weekly',
  'month_end',
  'launch_step',
  'sparse_tenant',
  'holiday_gap',
  'young_ledger',
] as const;
export type SeriesKind = (typeof SERIES_KINDS)[number];

/** Hours of cost in nano-USD up to the end of a month, which is forecast while it goes on. */
export interface Subject {
  readonly kind: string;
  readonly seed: number;
  readonly timeZone: string;
  readonly period: Period;
  readonly series: HourlySeries;
}

const ZONES = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata'];
const HISTORY_DAYS = 120;

/**
 * Every kind has office hours in its zone, quieter weekends, noise of days that lasts into the next one (12 %, autocorrelation 0.5),
 * noise of hours (35 %), and one hour in 400 that costs four to ten times as much. What it is called comes on top.
 */
export function seededSubject(kind: SeriesKind, seed: number): Subject {
  const kindSeed = 7919 * seed + 101 * SERIES_KINDS.indexOf(kind);
  const random = createRandom(kindSeed);
  const timeZone = ZONES[(seed + Math.floor(seed / 12)) % ZONES.length]!;
  const period = monthOf(Date.UTC(2026, seed % 12, 15), timeZone);
  const monthHour = Math.ceil(period.startMs / HOUR_MS);
  const startHour = kind === 'young_ledger' ? monthHour : monthHour - 24 * HISTORY_DAYS;
  const hours = Math.floor(period.endMs / HOUR_MS) - startHour;
  const startMs = startHour * HOUR_MS;
  const amounts =
    kind === 'sparse_tenant'
      ? sparse(random, startMs, hours, timeZone)
      : busy(kind, random, startMs, hours, timeZone, monthHour - startHour);
  return Object.freeze({ kind, seed, timeZone, period, series: { startMs, amounts } });
}

/** A few calls a day, in office hours; one costs a tenth or ten times of another. */
function sparse(random: Random, startMs: number, hours: number, timeZone: string): Float64Array {
  const callsPerDay = random.between(0.5, 4);
  const local = localHours(startMs, hours, timeZone);
  return Float64Array.from({ length: hours }, (_, hour) => {
    const calls = random.poisson(
      (callsPerDay / 24) * shapeAt(local[hour]!) * (isWeekend(local[hour]!) ? 0.4 : 1.2),
    );
    let usd = 0;
    for (let call = 0; call < calls; call++) usd += 0.2 * Math.exp(random.normal());
    return Math.round(usd * NANO_PER_USD);
  });
}

function busy(
  kind: SeriesKind,
  random: Random,
  startMs: number,
  hours: number,
  timeZone: string,
  monthAt: number,
): Float64Array {
  const usdPerDay = 10 ** random.between(0.7, 2.7);
  const weekend = kind === 'weekly' ? random.between(0.15, 0.4) : random.between(0.5, 0.8);
  const growthPerMonth = kind === 'trend' ? random.between(0.15, 0.6) : 0;
  const stepAt = monthAt + 24 * Math.round(random.between(-7, 15));
  const step = kind === 'launch_step' ? random.between(1.6, 4) : 1;
  const monthEnd = kind === 'month_end' ? random.between(1.6, 3) : 1;
  const gapAt = monthAt + 24 * Math.round(random.between(-14, 12));
  const gapHours = kind === 'holiday_gap' ? 24 * Math.round(random.between(5, 11)) : 0;
  const gap = random.between(0.1, 0.35);
  const local = localHours(startMs, hours, timeZone);
  // Of its own, so that the shape of a seed does not change with the noise.
  const noise = createRandom(random.uniform() * 2 ** 32);
  let dayNoise = 0.12 * noise.normal();
  return Float64Array.from({ length: hours }, (_, hour) => {
    const at = local[hour]!;
    if (hour % 24 === 0) dayNoise = 0.5 * dayNoise + 0.12 * Math.sqrt(0.75) * noise.normal();
    let usd = (usdPerDay / 24) * shapeAt(at) * (isWeekend(at) ? weekend : 1);
    usd *= (1 + growthPerMonth) ** ((hour - monthAt) / (24 * 30));
    if (hour >= stepAt) usd *= step;
    if (daysToMonthEnd(at) < 3) usd *= monthEnd;
    if (hour >= gapAt && hour < gapAt + gapHours) usd *= gap;
    const spike = noise.uniform() < 1 / 400 ? noise.between(4, 10) : 1;
    return Math.round(usd * Math.exp(dayNoise + 0.35 * noise.normal()) * spike * NANO_PER_USD);
  });
}

function shapeAt(localHour: number): number {
  const hour = localHour % 24;
  return hour >= 9 && hour < 18 ? 2 : hour >= 7 && hour < 22 ? 0.7 : 0.18;
}

function isWeekend(localHour: number): boolean {
  const weekday = (Math.floor(localHour / 24) + 4) % 7;
  return weekday === 0 || weekday === 6;
}

function daysToMonthEnd(localHour: number): number {
  const day = new Date(Math.floor(localHour / 24) * 86_400_000);
  return (Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 1, 1) - day.getTime()) / 86_400_000 - 1;
}
