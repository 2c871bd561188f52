import { contains, type Period, type PeriodSpec, periodAt } from '../domain/period.ts';

/** Amounts by subject. */
export type Totals = ReadonlyMap<string, number>;

/** Where a subject's sums of the period before, the current one and the next are: events may come ahead of the clock, and leftovers carry over. */
const PREVIOUS = 0;
const CURRENT = 1;
const NEXT = 2;
const EACH = 3;

/**
 * What was counted in three periods in a row, by subject (the empty string where there is one sum for all). The sums lie
 * side by side, as every scrape looks at those of up to 100,000 subjects.
 */
export class PeriodSums {
  readonly period: Period;
  /** Undefined for rolling periods, which overlap. */
  readonly previous: Period | undefined;
  /** From the end of the current one on. */
  readonly next: Period;
  readonly #subjectLimit: number;
  readonly #placeOf = new Map<string, number>();
  readonly #subjects: string[] = [];
  #sums = new Float64Array(EACH);
  #hasRefused = false;

  constructor(spec: PeriodSpec, timeZone: string, atMs: number, subjectLimit: number) {
    this.period = periodAt(spec, atMs, timeZone);
    const { startMs, endMs } = this.period;
    if (spec.kind !== 'rolling') this.previous = periodAt(spec, startMs - 1, timeZone);
    this.next = { startMs: endMs, endMs: periodAt(spec, endMs, timeZone).endMs };
    this.#subjectLimit = subjectLimit;
  }

  /**
   * The three periods one further on, if `atMs` is in the next of this one's. Who used nothing in it or since is forgotten.
   * Of a rolling period, whose hours are not kept apart, the hour that has left it stays in: too much, never too little.
   */
  shiftedTo(spec: PeriodSpec, timeZone: string, atMs: number): PeriodSums | undefined {
    if (!contains(this.next, atMs)) return undefined;
    const shifted = new PeriodSums(spec, timeZone, atMs, this.#subjectLimit);
    this.#subjects.forEach((subject, place) => {
      const current = this.#sums[EACH * place + CURRENT]!;
      const next = this.#sums[EACH * place + NEXT]!;
      if (current !== 0) shifted.#add(subject, this.previous ? PREVIOUS : CURRENT, current);
      if (next !== 0) shifted.#add(subject, CURRENT, next);
    });
    return shifted;
  }

  /** Counts by the event's own time; one of another period does not belong here. */
  add(atMs: number, subject: string, amount: number): void {
    if (contains(this.period, atMs)) this.#add(subject, CURRENT, amount);
    else if (contains(this.next, atMs)) this.#add(subject, NEXT, amount);
    else if (this.previous && contains(this.previous, atMs)) this.#add(subject, PREVIOUS, amount);
  }

  /** Adds what was counted before. */
  addAll(previous: Totals, current: Totals, next: Totals): void {
    for (const [subject, amount] of previous) this.#add(subject, PREVIOUS, amount);
    for (const [subject, amount] of current) this.#add(subject, CURRENT, amount);
    for (const [subject, amount] of next) this.#add(subject, NEXT, amount);
  }

  /** Undefined for a subject whose place others have. */
  current(subject: string): number | undefined {
    const place = this.#placeOf.get(subject);
    if (place === undefined) return this.#hasRefused ? undefined : 0;
    return this.#sums[EACH * place + CURRENT]!;
  }

  previousOf(subject: string): number {
    const place = this.#placeOf.get(subject);
    return place === undefined ? 0 : this.#sums[EACH * place + PREVIOUS]!;
  }

  /** Those with usage in the current period. */
  forEachUsed(look: (subject: string, current: number, previous: number) => void): void {
    const sums = this.#sums;
    for (let place = 0; place < this.#subjects.length; place++) {
      const current = sums[EACH * place + CURRENT]!;
      if (current !== 0) look(this.#subjects[place]!, current, sums[EACH * place + PREVIOUS]!);
    }
  }

  #add(subject: string, at: number, amount: number): void {
    let place = this.#placeOf.get(subject);
    if (place === undefined) {
      if (this.#subjects.length >= this.#subjectLimit) {
        this.#hasRefused = true;
        return;
      }
      place = this.#subjects.push(subject) - 1;
      this.#placeOf.set(subject, place);
      if (EACH * this.#subjects.length > this.#sums.length) this.#grow();
    }
    this.#sums[EACH * place + at]! += amount;
  }

  #grow(): void {
    const larger = new Float64Array(2 * this.#sums.length);
    larger.set(this.#sums);
    this.#sums = larger;
  }
}
