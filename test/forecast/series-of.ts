import { HOUR_MS, type HourlySeries } from '../../exporter/domain/series.ts';
import { localHours } from '../../exporter/forecast/local-hours.ts';

/** What the zone's clocks show at an hour of a series, and its number from the start on. */
export interface ClockHour {
  readonly hour: number;
  /** 0 is Sunday. */
  readonly weekday: number;
  readonly date: Date;
  readonly index: number;
}

/** Hours from `from` to `to`, each with the amount that the function gives it. */
export function seriesOf(
  from: string,
  to: string,
  timeZone: string,
  amountAt: (clock: ClockHour) => number,
): HourlySeries {
  const startMs = Date.parse(from);
  const count = (Date.parse(to) - startMs) / HOUR_MS;
  const amounts = Float64Array.from(localHours(startMs, count, timeZone), (local, index) => {
    const date = new Date(Math.floor(local / 24) * 24 * HOUR_MS);
    return amountAt({ hour: local % 24, weekday: date.getUTCDay(), date, index });
  });
  return { startMs, amounts };
}
