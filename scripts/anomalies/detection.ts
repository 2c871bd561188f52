import type { AnomalySeverity } from '../../exporter/domain/anomaly.ts';
import { HOUR_MS } from '../../exporter/domain/series.ts';
import { createRandom } from '../random.ts';
import { INJECTIONS, type Injection } from './injections.ts';
import { START_MS, type TenantKind, tenantHours } from './tenants.ts';
import { type Heard, MINIMUM_NANO_USD, watch } from './watch.ts';

export const HISTORY_DAYS = 35;
export const MONTH_DAYS = 30;
const DAYS = HISTORY_DAYS + MONTH_DAYS;
/** A disturbance of less is not worth a warning, and no miss. */
export const WORTH_NANO_USD = 5 * MINIMUM_NANO_USD;
/** A disturbance begins here at the earliest and the latest, so that what it brings about is in the month. */
const FIRST_DAY = HISTORY_DAYS + 2;
const LAST_DAY = DAYS - 15;
const PLACES_TRIED = 30;
const DAY_HOURS = 24;

export interface Month {
  readonly kind: TenantKind;
  readonly injection: Injection | undefined;
  /** Anomalies that tell of the injection, the first heard first, and all others. */
  readonly right: readonly Heard[];
  readonly wrong: readonly Heard[];
  /** From the beginning of the injection. */
  readonly delayMinutes: number | undefined;
}

export function cleanMonth(kind: TenantKind, seed: number): Month {
  const wrong = watchMonth(tenantHours(kind, DAYS, seed));
  return { kind, injection: undefined, right: [], wrong, delayMinutes: undefined };
}

/** Undefined where the tenant spends too little for the injection to be worth a warning anywhere that was tried. */
export function injectedMonth(kind: TenantKind, injection: Injection, seed: number): Month | undefined {
  const hours = tenantHours(kind, DAYS, seed);
  const start = placeFor(hours, injection, seed);
  if (start === undefined) return undefined;
  for (let hour = start; hour < hours.length; hour++) {
    hours[hour] = Math.round(hours[hour]! * injection.factorAt(hour - start));
  }
  const startMs = START_MS + start * HOUR_MS;
  // A day that has the injection in it is as right as the hour.
  const untilMs = (window: Heard['window']) =>
    startMs + (injection.hours + (window === '1d' ? DAY_HOURS : 0)) * HOUR_MS;
  const isDrop = injection.factorAt(0) < 1;
  const found = watchMonth(hours);
  const isRight = ({ startedMs, window, score }: Heard) =>
    startedMs >= startMs && startedMs < untilMs(window) && score < 0 === isDrop;
  const right = found.filter(isRight).sort((a, b) => a.heardMs - b.heardMs);
  const wrong = found.filter((anomaly) => !isRight(anomaly));
  const [first] = right;
  return { kind, injection, right, wrong, delayMinutes: first && (first.heardMs - startMs) / 60_000 };
}

/** Each kind of tenant with each injection, `seeds` of them. */
export function injectedMonths(
  kinds: readonly TenantKind[],
  seeds: number,
  injections = INJECTIONS,
): Month[] {
  return kinds.flatMap((kind) =>
    injections.flatMap((injection) =>
      Array.from({ length: seeds }, (_, seed) => injectedMonth(kind, injection, 1000 + seed) ?? []).flat(),
    ),
  );
}

export function cleanMonths(kinds: readonly TenantKind[], seeds: number): Month[] {
  return kinds.flatMap((kind) => Array.from({ length: seeds }, (_, seed) => cleanMonth(kind, 1 + seed)));
}

const RANK: Readonly<Record<AnomalySeverity, number>> = { info: 0, warning: 1, critical: 2 };

export function atLeast(anomalies: readonly Heard[], severity: AnomalySeverity): number {
  return anomalies.filter((anomaly) => RANK[anomaly.severity] >= RANK[severity]).length;
}

/** Of the months, how many were told of by an anomaly so severe. */
export function recall(months: readonly Month[], severity: AnomalySeverity): number {
  return months.filter(({ right }) => atLeast(right, severity) > 0).length / months.length;
}

/** Of the anomalies so severe, how many told of an injection. */
export function precision(months: readonly Month[], severity: AnomalySeverity): number {
  const right = months.reduce((sum, month) => sum + atLeast(month.right, severity), 0);
  const wrong = months.reduce((sum, month) => sum + atLeast(month.wrong, severity), 0);
  return right / (right + wrong);
}

function watchMonth(hours: Float64Array): readonly Heard[] {
  return watch(hours, HISTORY_DAYS * DAY_HOURS, hours.length);
}

function placeFor(
  hours: Float64Array,
  { factorAt, hours: length }: Injection,
  seed: number,
): number | undefined {
  const random = createRandom(seed);
  for (let tried = 0; tried < PLACES_TRIED; tried++) {
    const start = Math.floor((FIRST_DAY + random.uniform() * (LAST_DAY - FIRST_DAY)) * DAY_HOURS);
    let difference = 0;
    for (let index = 0; index < length && start + index < hours.length; index++) {
      difference += Math.abs(factorAt(index) - 1) * hours[start + index]!;
    }
    if (difference >= WORTH_NANO_USD) return start;
  }
  return undefined;
}
