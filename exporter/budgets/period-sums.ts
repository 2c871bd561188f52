import { contains, type Period, type PeriodSpec, periodAt } from '../domain/period.ts';

/** Of the period before, the current one and the next: events may come ahead of the clock, and leftovers carry over. */
type Sums = [previous: number, current: number, next: number];

/** What was counted in three periods in a row, by subject (the empty string where there is one sum for all). */
export class PeriodSums {
  readonly period: Period;
  /** Undefined for rolling periods, which overlap. */
  readonly previous: Period | undefined;
  readonly next: Period | undefined;
  readonly #bySubject: Map<string, Sums>;
  readonly #subjectLimit: number;
  /** Subjects that found no place. */
  #refused = false;

  constructor(
    spec: PeriodSpec,
    timeZone: string,
    atMs: number,
    subjectLimit: number,
    carried: Iterable<[string, Sums]> = [],
  ) {
    this.period = periodAt(spec, atMs, timeZone);
    if (spec.kind !== 'rolling') {
      this.previous = periodAt(spec, this.period.startMs - 1, timeZone);
      this.next = periodAt(spec, this.period.endMs, timeZone);
    }
    this.#subjectLimit = subjectLimit;
    this.#bySubject = new Map(carried);
  }

  /** The three periods one further on, if `period` is the next of this one's. */
  shiftedTo(spec: PeriodSpec, timeZone: string, atMs: number): PeriodSums | undefined {
    if (!this.next || !contains(this.next, atMs)) return undefined;
    const carried: [string, Sums][] = [];
    for (const [subject, [, current, next]] of this.#bySubject) {
      if (current !== 0 || next !== 0) carried.push([subject, [current, next, 0]]);
    }
    return new PeriodSums(spec, timeZone, atMs, this.#subjectLimit, carried);
  }

  /** Counts by the event's own time; one of another period does not belong here. */
  add(atMs: number, subject: string, amount: number): void {
    if (contains(this.period, atMs)) this.#add(subject, 1, amount);
    else if (this.next && contains(this.next, atMs)) this.#add(subject, 2, amount);
    else if (this.previous && contains(this.previous, atMs)) this.#add(subject, 0, amount);
  }

  /** Adds what was counted before, in the order of `Sums`. */
  addAll(sums: readonly [previous: Totals, current: Totals, next: Totals]): void {
    sums.forEach((totals, at) => {
      for (const [subject, amount] of totals) this.#add(subject, at as 0 | 1 | 2, amount);
    });
  }

  /** Undefined for a subject whose place others have. */
  current(subject: string): number | undefined {
    return this.#bySubject.get(subject)?.[1] ?? (this.#refused ? undefined : 0);
  }

  previousOf(subject: string): number {
    return this.#bySubject.get(subject)?.[0] ?? 0;
  }

  /** Those with usage in the current period. */
  *subjects(): Generator<string> {
    for (const [subject, [, current]] of this.#bySubject) if (current !== 0) yield subject;
  }

  #add(subject: string, at: 0 | 1 | 2, amount: number): void {
    let sums = this.#bySubject.get(subject);
    if (!sums) {
      if (this.#bySubject.size >= this.#subjectLimit) {
        this.#refused = true;
        return;
      }
      sums = [0, 0, 0];
      this.#bySubject.set(subject, sums);
    }
    sums[at] += amount;
  }
}

/** Amounts by subject. */
export type Totals = ReadonlyMap<string, number>;
