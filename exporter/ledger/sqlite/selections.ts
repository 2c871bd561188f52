import type { DatabaseSync } from 'node:sqlite';
import type { BudgetUnit } from '../../domain/budget.ts';
import { type BudgetScope, isDimension, type ScopeField, scopeValue } from '../../domain/budget-scope.ts';
import { eachDimensionSet } from './dimension-sets.ts';

/** Which charges are added up, in what, and by the value of which field. */
export interface Selection {
  /** Its place in the question. */
  readonly index: number;
  readonly scope: BudgetScope;
  readonly by: ScopeField | undefined;
  readonly unit: BudgetUnit;
}

/** `group` is the number of a sum in `Groups`; `atMs` is the charge's time, or the hour's where charges are summed up. */
export type Visit = (group: number, atMs: number, amount: number) => void;

/** `[fromMs, toMs)`. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What is read of the charges: those of the spans, which do not overlap, up to a row. */
export interface Bounds {
  readonly spans: readonly Span[];
  readonly throughRow: number;
}

/** Whether the ledger keeps sums that answer it; of users and tags it has the charges only. */
export function isSummedUp({ scope, by }: Selection): boolean {
  return scope.every(({ field }) => isDimension(field)) && (by === undefined || isDimension(by));
}

/** Numbers for the sums to be made: one for each selection and value of its `by`, or the empty text. */
export class Groups {
  readonly list: { readonly selection: number; readonly value: string }[] = [];
  readonly #numbers = new Map<number, Map<string, number>>();

  numberOf({ index }: Selection, value: string): number {
    let numbers = this.#numbers.get(index);
    if (!numbers) {
      numbers = new Map();
      this.#numbers.set(index, numbers);
    }
    let number = numbers.get(value);
    if (number === undefined) {
      number = this.list.push({ selection: index, value }) - 1;
      numbers.set(value, number);
    }
    return number;
  }
}

/** A selection that takes charges of a dimension set; `value` is that of its `by`, undefined where each charge has its own. */
export interface Fit {
  readonly selection: Selection;
  readonly value: string | undefined;
}

/** Which selections take charges of which dimension sets, by set id, as far as dimensions tell. */
export function fitsBySet(
  database: DatabaseSync,
  selections: readonly Selection[],
): ReadonlyMap<number, readonly Fit[]> {
  const dimensionScopes = selections.map(({ scope }) => scope.filter(({ field }) => isDimension(field)));
  const found = new Map<number, Fit[]>();
  for (const { id, dimensions } of eachDimensionSet(database)) {
    const scoped = { dimensions, userId: '', tags: '' };
    const fits: Fit[] = [];
    selections.forEach((selection, at) => {
      if (!dimensionScopes[at]!.every(({ field, value }) => scopeValue(field, scoped) === value)) return;
      const { by } = selection;
      if (by === undefined) fits.push({ selection, value: '' });
      else if (!isDimension(by)) fits.push({ selection, value: undefined });
      else if (scopeValue(by, scoped) !== '') fits.push({ selection, value: scopeValue(by, scoped) });
    });
    if (fits.length > 0) found.set(id, fits);
  }
  return found;
}

/** The spans without those that are empty, in order, those that touch or overlap made one. */
export function merged(spans: readonly Span[]): Span[] {
  const found: Span[] = [];
  for (const span of [...spans].sort((a, b) => a.fromMs - b.fromMs)) {
    const last = found.at(-1);
    if (span.fromMs >= span.toMs) continue;
    if (last && span.fromMs <= last.toMs)
      found[found.length - 1] = { ...last, toMs: Math.max(last.toMs, span.toMs) };
    else found.push(span);
  }
  return found;
}

/** Column of each unit in rows that begin with `columns` others, and the units in that order. */
export function unitColumns(selections: readonly Selection[], columns: number) {
  const units = [...new Set(selections.map(({ unit }) => unit))];
  return { units, columnOf: ({ unit }: Selection) => columns + units.indexOf(unit) };
}
