import { type ForecastPath, pathAt } from '../../exporter/domain/forecast.ts';
import { HOUR_MS, type HourlySeries } from '../../exporter/domain/series.ts';
import type { ForecastOptions } from '../../exporter/forecast/index.ts';
import { forecastSeries } from '../../exporter/forecast/index.ts';
import type { Subject } from './seeded-series.ts';

/** One forecast of a month's end, and what came. Errors are shares of the month. */
export interface Point {
  readonly subject: Subject;
  /** Whole days since the month began. */
  readonly day: number;
  readonly method: string;
  readonly error: number;
  readonly runRateError: number;
  readonly isCovered: boolean;
  /** Half of the band by the middle of what is expected of the rest. */
  readonly halfWidth: number;
  readonly durationMs: number;
  readonly cpuMs: number;
  /** Absent once the limit is reached. */
  readonly exhaustion: Exhaustion | undefined;
}

/** Days between the date that was said and the day on which the limit was reached; a date not said counts as the month's end. */
export interface Exhaustion {
  readonly errorDays: number;
  readonly runRateErrorDays: number;
  readonly isCovered: boolean;
}

const FIRST_DAY = 5;
const HISTORY_HOURS = 92 * 24;
const LIMIT_RATIO = 0.8;
const DAY_HOURS = 24;

/** What is asked at the hour `now` of the series, with the history that the default configuration gives. */
export function requestAt(
  { series, period, timeZone }: Subject,
  now: number,
): { readonly series: HourlySeries; readonly options: ForecastOptions } {
  const first = Math.max(0, now - HISTORY_HOURS);
  return {
    series: { startMs: series.startMs + first * HOUR_MS, amounts: series.amounts.slice(first, now) },
    options: { horizonEndMs: period.endMs, timeZone },
  };
}

/** The month of the subject from its day 5 on, every `everyDays` at changing hours, with a limit that is reached at 80 % of it. */
export function evaluate(subject: Subject, everyDays = 1): Point[] {
  const { series, period, seed } = subject;
  const first = Math.ceil((period.startMs - series.startMs) / HOUR_MS);
  const month = sums(series.amounts.subarray(first));
  const total = month.at(-1)!;
  const limit = LIMIT_RATIO * total;
  const reached = month.findIndex((sum) => sum >= limit) + 1;
  const points: Point[] = [];
  for (let day = FIRST_DAY; ; day += everyDays) {
    const elapsed = day * DAY_HOURS + ((7 * day + 5 * seed) % DAY_HOURS);
    if (elapsed >= month.length - DAY_HOURS / 2) return points;
    const spent = month[elapsed - 1]!;
    const { series: history, options } = requestAt(subject, first + elapsed);
    const startedMs = performance.now();
    const startedCpu = process.cpuUsage();
    const forecast = forecastSeries(history, options);
    const cpu = process.cpuUsage(startedCpu);
    const durationMs = performance.now() - startedMs;
    if (forecast.kind !== 'forecast')
      throw new Error(`${subject.kind} ${seed}, day ${day}: ${forecast.kind}`);
    const rest = pathAt(forecast, period.endMs);
    const straight = straightLine(subject, first + elapsed, spent);
    const isOpen = elapsed < reached && spent > 0;
    points.push({
      subject,
      day,
      method: forecast.method,
      error: Math.abs(spent + rest.mid - total) / total,
      runRateError: Math.abs(straight - total) / total,
      isCovered: total - spent >= rest.lower && total - spent <= rest.upper,
      halfWidth: rest.mid > 0 ? (rest.upper - rest.lower) / 2 / rest.mid : 0,
      durationMs,
      cpuMs: (cpu.user + cpu.system) / 1000,
      exhaustion: isOpen
        ? exhaustionOf(forecast, {
            missing: limit - spent,
            takenHours: reached - elapsed,
            ofRate: elapsed / spent,
          })
        : undefined,
    });
  }
}

/** The forecast that all are compared with: spent / elapsed × length. */
function straightLine({ series, period }: Subject, now: number, spent: number): number {
  const elapsedMs = series.startMs + now * HOUR_MS - period.startMs;
  return spent * ((period.endMs - period.startMs) / elapsedMs);
}

function exhaustionOf(
  path: ForecastPath,
  { missing, takenHours, ofRate }: { missing: number; takenHours: number; ofRate: number },
): Exhaustion {
  const hoursTo = (cumulative: Float64Array) => {
    const at = cumulative.findIndex((sum) => sum >= missing);
    return at < 0 ? cumulative.length : at + 1;
  };
  const straightHours = Math.min(missing * ofRate, path.mid.length);
  return {
    errorDays: Math.abs(hoursTo(path.mid) - takenHours) / DAY_HOURS,
    runRateErrorDays: Math.abs(straightHours - takenHours) / DAY_HOURS,
    isCovered: hoursTo(path.upper) <= takenHours && takenHours <= hoursTo(path.lower),
  };
}

function sums(amounts: Float64Array): Float64Array {
  let sum = 0;
  return amounts.map((amount) => {
    sum += amount;
    return sum;
  });
}
