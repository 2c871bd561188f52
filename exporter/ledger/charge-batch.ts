import type { Charge, RateCard } from '../domain/charge.ts';
import { writeFingerprint } from '../domain/fingerprint.ts';
import { METERS, type PerMeter } from '../domain/meters.ts';
import type { Dimensions } from '../domain/usage-event.ts';

/**
 * Charges in columns, to cross a thread boundary without cloning objects.
 * Row `i` starts at `numbers[i * WIDTH]`; see `COLUMN` for what is where.
 */
export interface ChargeBatch {
  readonly count: number;
  readonly numbers: Float64Array<ArrayBuffer>;
  /** Row `i` has `[2i]` the event's fingerprint and `[2i + 1]` the prompt's (0: none); low half first in memory. */
  readonly fingerprints: BigInt64Array<ArrayBuffer>;
  /** Distinct dimension sets of the batch: `DIMENSION_FIELDS` and the unpriced reason, joined by NUL. */
  readonly dimensionSets: readonly string[];
  readonly rateCards: readonly RateCard[];
  /** One text a row, or none at all; an empty text is an absent one. */
  readonly userIds: readonly string[] | undefined;
  readonly executionIds: readonly string[] | undefined;
  readonly tags: readonly string[] | undefined;
}

export const DIMENSION_FIELDS = [
  'provider',
  'model',
  'tenant_id',
  'team',
  'project_id',
  'feature',
  'environment',
  'operation',
  'service_tier',
  'status',
  'category',
] as const satisfies readonly (keyof Dimensions)[];

/** Prompts are only compared within a window of time: 47 bits tell them apart, and take two bytes less in each row. */
const PROMPT_HIGH_BITS = 0x7fff;

const QUANTITIES_AT = 8;
const COSTS_AT = QUANTITIES_AT + METERS.length;
/** Where a row's numbers are. `dimensionSet` and `rateCard` index the batch's lists; -1 means absent. */
export const COLUMN = {
  timestampMs: 0,
  dimensionSet: 1,
  rateCard: 2,
  costNanoUsd: 3,
  reportedNanoUsd: 4,
  latencyMs: 5,
  savedByCache: 6,
  savedByTier: 7,
  quantities: QUANTITIES_AT,
  costs: COSTS_AT,
} as const;
export const WIDTH = COSTS_AT + METERS.length;

export function packCharges(charges: readonly Charge[]): ChargeBatch {
  const numbers = new Float64Array(charges.length * WIDTH);
  const fingerprints = new BigInt64Array(charges.length * 2);
  const halves = new Int32Array(fingerprints.buffer);
  const dimensionSets: string[] = [];
  const rateCards: RateCard[] = [];
  const setIndex = new Map<string, Map<Dimensions, number>>();
  const cardIndex = new Map<RateCard, number>();

  for (let row = 0; row < charges.length; row++) {
    const { event, price } = charges[row]!;
    const at = row * WIDTH;
    writeFingerprint(`${event.dimensions.tenant_id}\0${event.id}`, halves, row * 4);
    if (event.promptHash !== '') {
      writeFingerprint(event.promptHash, halves, row * 4 + 2);
      halves[row * 4 + 3]! &= PROMPT_HIGH_BITS;
    }

    numbers[at + COLUMN.timestampMs] = event.timestampMs;
    numbers[at + COLUMN.reportedNanoUsd] = event.reportedCostNanoUsd ?? -1;
    numbers[at + COLUMN.latencyMs] = event.latencyMs ?? -1;
    copy(event.quantities, numbers, at + COLUMN.quantities);
    const reason = price.kind === 'unpriced' ? price.reason : '';
    numbers[at + COLUMN.dimensionSet] = indexOfSet(event.dimensions, reason);
    if (price.kind === 'priced') {
      numbers[at + COLUMN.rateCard] = indexOfCard(price.card);
      numbers[at + COLUMN.costNanoUsd] = price.costNanoUsd;
      numbers[at + COLUMN.savedByCache] = price.savedByCacheNanoUsd;
      numbers[at + COLUMN.savedByTier] = price.savedByTierNanoUsd;
      copy(price.costs, numbers, at + COLUMN.costs);
    } else {
      numbers[at + COLUMN.rateCard] = -1;
    }
  }
  return {
    count: charges.length,
    numbers,
    fingerprints,
    dimensionSets,
    rateCards,
    userIds: textsOf(charges, 'userId'),
    executionIds: textsOf(charges, 'executionId'),
    tags: textsOf(charges, 'tags'),
  };

  // By identity: equal sets that are not the same object only make the list longer.
  function indexOfSet(dimensions: Dimensions, reason: string): number {
    let sets = setIndex.get(reason);
    if (!sets) {
      sets = new Map();
      setIndex.set(reason, sets);
    }
    let index = sets.get(dimensions);
    if (index === undefined) {
      index = dimensionSets.push(`${joined(dimensions)}\0${reason}`) - 1;
      sets.set(dimensions, index);
    }
    return index;
  }

  function indexOfCard(card: RateCard): number {
    let index = cardIndex.get(card);
    if (index === undefined) {
      index = rateCards.push(card) - 1;
      cardIndex.set(card, index);
    }
    return index;
  }
}

const joinedSets = new WeakMap<Dimensions, string>();

function joined(dimensions: Dimensions): string {
  let text = joinedSets.get(dimensions);
  if (text === undefined) {
    text = DIMENSION_FIELDS.map((field) => dimensions[field]).join('\0');
    joinedSets.set(dimensions, text);
  }
  return text;
}

function textsOf(charges: readonly Charge[], field: 'userId' | 'executionId' | 'tags'): string[] | undefined {
  return charges.some(({ event }) => event[field] !== '')
    ? charges.map(({ event }) => event[field])
    : undefined;
}

/** Faster than `TypedArray.set` for a few numbers. */
function copy(from: PerMeter, to: Float64Array, at: number): void {
  for (let i = 0; i < from.length; i++) to[at + i] = from[i]!;
}
