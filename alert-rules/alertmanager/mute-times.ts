import type { Yaml } from '../lib/yaml-text.ts';
import { type MuteTime, WEEKDAYS, type Weekday } from './alerting.ts';

/** One item of `time_intervals`. Alertmanager's days end at midnight, so a night becomes an evening and a morning. */
export function muteTimeYaml({ name, weekdays, times, time_zone }: MuteTime, defaultZone: string): Yaml {
  const location = zoneName(time_zone ?? defaultZone);
  const interval = (days: readonly Weekday[], start = '', end = ''): Yaml => ({
    ...(days.length > 0 ? { weekdays: days } : {}),
    ...(end === '' ? {} : { times: [{ start_time: start, end_time: end }] }),
    location,
  });
  const spans = times.flatMap(({ from, to }) => {
    if (from < to) return [interval(weekdays, from, to)];
    const evening = interval(weekdays, from, '24:00');
    return to === '00:00' ? [evening] : [evening, interval(weekdays.map(dayAfter), '00:00', to)];
  });
  return { name, time_intervals: times.length > 0 ? spans : [interval(weekdays)] };
}

function dayAfter(day: Weekday): Weekday {
  return WEEKDAYS[(WEEKDAYS.indexOf(day) + 1) % WEEKDAYS.length] as Weekday;
}

/** Alertmanager finds zones by file name, in which case counts; other spellings of a zone stay as they are. */
function zoneName(zone: string): string {
  const known = new Intl.DateTimeFormat('en-US', { timeZone: zone }).resolvedOptions().timeZone;
  return known.toLowerCase() === zone.toLowerCase() ? known : zone;
}
