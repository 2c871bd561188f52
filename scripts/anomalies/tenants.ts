import { HOUR_MS } from '../../exporter/domain/series.ts';
import { offsetMs, zoneClock } from '../../exporter/domain/zone-clock.ts';
import { createRandom } from '../random.ts';

/** Thursday. In Berlin the clocks go forward on 29 March 2026, and the history has it or the month that is watched. */
export const START_MS = Date.UTC(2026, 1, 12);
export const TIME_ZONE = 'Europe/Berlin';

/** What is drawn anew for every hour and day of a tenant. */
interface Hour {
  /** Of the local clocks, 0 to 23, and 0 for Monday. */
  readonly hour: number;
  readonly weekday: number;
  /** Days since the start, with their part. */
  readonly day: number;
  readonly uniform: () => number;
  /** Around 1, with that standard deviation of the logarithm. */
  readonly noise: (sigma: number) => number;
}

/** USD of an hour, but for the noise of its day. */
export const TENANTS = {
  steady: ({ hour, noise }) => 5 * (1 + 0.3 * Math.sin((hour / 24) * 2 * Math.PI)) * noise(0.15),
  'office hours': ({ hour, weekday, noise }) => {
    const isOffice = weekday < 5 && hour >= 8 && hour < 18;
    return (isOffice ? 12 : 0.3) * noise(0.3);
  },
  weekly: ({ hour, weekday, noise }) => {
    const ofDay = [1.4, 1.1, 1, 1, 0.9, 0.5, 0.4][weekday]!;
    return 8 * ofDay * (1 + 0.6 * Math.sin(((hour - 8) / 24) * 2 * Math.PI)) * noise(0.2);
  },
  growing: ({ hour, day, noise }) =>
    3 * 1.02 ** day * (1 + 0.5 * Math.sin(((hour - 6) / 24) * 2 * Math.PI)) * noise(0.2),
  sparse: ({ uniform, noise }) => (uniform() < 0.25 ? 0.5 * noise(0.5) : 0),
  bursty: ({ uniform, noise }) => noise(0.3) + (uniform() < 0.06 ? 8 * noise(0.6) : 0),
} as const satisfies Record<string, (hour: Hour) => number>;

export type TenantKind = keyof typeof TENANTS;

/** Hours of nano-USD from `START_MS` on. The same seed gives the same. */
export function tenantHours(kind: TenantKind, days: number, seed: number): Float64Array {
  const random = createRandom(seed);
  const clock = zoneClock(TIME_ZONE);
  // The spread of `around` is 0.35.
  const noise = (sigma: number) => random.around(1) ** (sigma / 0.35);
  const hours = new Float64Array(days * 24);
  let ofDay = 1;
  for (let index = 0; index < hours.length; index++) {
    if (index % 24 === 0) ofDay = noise(0.08);
    const atMs = START_MS + index * HOUR_MS;
    const local = new Date(atMs + offsetMs(atMs, clock));
    const cost = TENANTS[kind]({
      hour: local.getUTCHours(),
      weekday: (local.getUTCDay() + 6) % 7,
      day: index / 24,
      uniform: random.uniform,
      noise,
    });
    hours[index] = Math.round(cost * ofDay * 1e9);
  }
  return hours;
}
