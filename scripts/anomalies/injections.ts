/** A disturbance of known place and size. Hours of the month from `startHour` on are multiplied. */
export interface Injection {
  readonly name: string;
  /** Factor of the hour `index` hours after the start. */
  readonly factorAt: (index: number) => number;
  /** For so long it is right to speak of it: until it is over, or has become usual. */
  readonly hours: number;
}

const DAY_HOURS = 24;

const spike = (factor: number, hours: number): Injection => ({
  name: `${factor}x for ${hours} h`,
  factorAt: (index) => (index < hours ? factor : 1),
  hours,
});
const shift = (factor: number): Injection => ({
  name: `level ${factor}x`,
  factorAt: () => factor,
  hours: 4 * DAY_HOURS,
});
/** Of 10 % a day, to 2.6 times in ten days. */
const ramp: Injection = {
  name: 'ramp to 2.6x in 10 d',
  factorAt: (index) => 1.1 ** Math.min(index / DAY_HOURS, 10),
  hours: 14 * DAY_HOURS,
};
const drop = (hours: number): Injection => ({
  name: `nothing for ${hours} h`,
  factorAt: (index) => (index < hours ? 0 : 1),
  hours,
});

export const INJECTIONS: readonly Injection[] = [
  spike(2, 1),
  spike(2, 6),
  spike(3, 1),
  spike(3, 6),
  spike(5, 1),
  spike(5, 6),
  spike(10, 1),
  spike(10, 6),
  shift(2),
  shift(3),
  ramp,
  drop(6),
];
