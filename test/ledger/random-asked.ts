import fc from 'fast-check';
import { amountOf, BUDGET_UNITS, type BudgetUnit } from '../../exporter/domain/budget.ts';
import {
  type BudgetScope,
  isDimension,
  isInScope,
  type ScopeField,
  scopeValue,
} from '../../exporter/domain/budget-scope.ts';
import type { Charge } from '../../exporter/domain/charge.ts';
import { METERS } from '../../exporter/domain/meters.ts';
import { HOUR_MS } from '../../exporter/domain/series.ts';
import { chargeOf, NOW_MS } from '../support/charges.ts';
import { randomCharges } from '../support/random-charges.ts';

const HARD_TAGS = ['cost_center', '__proto__', `a"b.c'[0]\\`, 'user', '1'];
const text = fc.constantFrom('x', 'y', `it's "z"`);
const count = fc.oneof(fc.nat(50), fc.nat(1_000_000));

/** Charges with users, tags and meters of every kind, half of them within the last hours. */
export const askedCharges = (options: { readonly maxLength: number }): fc.Arbitrary<Charge[]> =>
  fc
    .tuple(
      randomCharges(options),
      fc.array(
        fc.record({
          userId: fc.constantFrom('', '', 'ann', 'bob', 'cy'),
          tags: fc.oneof(
            fc.constant(undefined),
            fc.array(fc.tuple(fc.constantFrom(...HARD_TAGS), text), { maxLength: 3 }),
          ),
          rare: fc.option(fc.tuple(fc.constantFrom(...METERS), count), { nil: undefined }),
          agoMs: fc.option(fc.nat(5 * HOUR_MS), { nil: undefined }),
        }),
        { minLength: options.maxLength, maxLength: options.maxLength },
      ),
    )
    .map(([charges, more]) =>
      charges.map(({ event, price }, index) => {
        const { userId, tags, rare, agoMs } = more[index]!;
        const quantities = Object.fromEntries(METERS.map((meter, at) => [meter, event.quantities[at]!]));
        if (rare) quantities[rare[0]] = rare[1];
        return chargeOf({
          ...event,
          timestampMs: agoMs === undefined ? event.timestampMs : NOW_MS - agoMs,
          quantities,
          event: { userId, tags: tags ? JSON.stringify(Object.fromEntries(tags)) : '' },
          ...(price.kind === 'unpriced' && { unpriced: price.reason }),
        });
      }),
    );

const VALUES: Readonly<Record<string, readonly string[]>> = {
  tenant: ['acme', 'globex', 'other'],
  model: ['gpt-4o', 'gpt-4o-mini'],
  project: ['p'],
  user: ['ann', 'bob', 'nobody'],
  ...Object.fromEntries(HARD_TAGS.map((tag) => [`tag:${tag}`, ['x', `it's "z"`]])),
};
const fields = Object.keys(VALUES) as ScopeField[];
/** As often one of those that the ledger has sums of as any. */
const field = fc.oneof(fc.constantFrom(...fields.filter(isDimension)), fc.constantFrom(...fields));

export const scope: fc.Arbitrary<BudgetScope> = fc.oneof(
  fc.constant([]),
  fc
    .uniqueArray(field, { minLength: 1, maxLength: 2 })
    .chain((names) =>
      fc.tuple(
        ...names.map((name) => fc.constantFrom(...VALUES[name]!).map((value) => ({ field: name, value }))),
      ),
    ),
);
export const each: fc.Arbitrary<ScopeField | undefined> = fc.oneof(fc.constant(undefined), field);
export const unit: fc.Arbitrary<BudgetUnit> = fc.constantFrom(...BUDGET_UNITS);

/** A time: of a charge or next to it, on the hour, or any. */
export const timeNear = (charges: readonly Charge[]): fc.Arbitrary<number> =>
  fc.oneof(
    fc.integer({ min: NOW_MS - 26 * 24 * HOUR_MS, max: NOW_MS + HOUR_MS }),
    fc.integer({ min: -26 * 24, max: 1 }).map((hour) => NOW_MS + hour * HOUR_MS),
    fc
      .tuple(
        fc.constantFrom(NOW_MS, ...charges.map(({ event }) => event.timestampMs)),
        fc.integer({ min: -1, max: 1 }),
      )
      .map(([atMs, off]) => atMs + off),
  );

/** The amounts of the charges in the scope, by value of the field or under the empty text; no value, no amount. */
export function amountsOf(
  charges: readonly Charge[],
  asked: { readonly scope: BudgetScope; readonly unit: BudgetUnit; readonly each: ScopeField | undefined },
): Map<string, number> {
  const sums = new Map<string, number>(asked.each === undefined ? [['', 0]] : []);
  for (const { event, price } of charges) {
    const subject = asked.each === undefined ? '' : scopeValue(asked.each, event);
    if (!isInScope(asked.scope, event) || (asked.each !== undefined && subject === '')) continue;
    const cost = price.kind === 'priced' ? price.costNanoUsd : 0;
    const amount = amountOf(asked.unit, event.quantities, cost);
    if (amount > 0) sums.set(subject, (sums.get(subject) ?? 0) + amount);
  }
  return sums;
}

export function chargesBetween(charges: readonly Charge[], fromMs: number, toMs: number): Charge[] {
  return charges.filter(({ event }) => event.timestampMs >= fromMs && event.timestampMs < toMs);
}
