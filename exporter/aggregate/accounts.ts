import { METERS } from '../domain/meters.ts';
import { type Dimensions, type Status, USAGE_LABELS } from '../domain/usage-event.ts';
import { labelKey } from './label-key.ts';

/** Every usage label of a folded account. */
export const OTHER = 'other';

/**
 * One usage label set (and category), with the rows that it feeds in each table, found on first use: -1 until then.
 * Cost rows are per meter, as several meters may share a row.
 */
export interface Account {
  readonly provider: string;
  readonly model: string;
  readonly tenant_id: string;
  readonly team: string;
  readonly feature: string;
  readonly environment: string;
  readonly category: string;
  readonly costRows: Int32Array;
  readonly tokenRows: Int32Array;
  readonly requestRows: Map<Status, number>;
  /** Of the savings by prompt cache and by service tier. */
  readonly savingRows: Int32Array;
}

/**
 * The label budget. The first `limit` label sets keep their labels, in every usage family; charges of later ones are
 * counted in `other`, one account per category, so that sums stay exact and no family can grow without bound.
 */
export class Accounts {
  readonly #limit: number;
  readonly #byKey = new Map<string, Account>();
  readonly #others = new Map<string, Account>();
  /** Dimension sets are interned by ingest: usually the same object comes again. */
  readonly #byIdentity = new WeakMap<Dimensions, Account>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  accountOf(dimensions: Dimensions): Account {
    let account = this.#byIdentity.get(dimensions);
    if (!account) {
      account = this.#find(dimensions);
      this.#byIdentity.set(dimensions, account);
    }
    return account;
  }

  isOther(account: Account): boolean {
    return this.#others.get(account.category) === account;
  }

  #find(dimensions: Dimensions): Account {
    const key = labelKey([...USAGE_LABELS.map((label) => dimensions[label]), dimensions.category]);
    const known = this.#byKey.get(key);
    if (known) return known;
    if (this.#byKey.size < this.#limit) {
      const account = newAccount(dimensions, dimensions.category);
      this.#byKey.set(key, account);
      return account;
    }
    let other = this.#others.get(dimensions.category);
    if (!other) {
      other = newAccount(OTHER_LABELS, dimensions.category);
      this.#others.set(dimensions.category, other);
    }
    return other;
  }
}

type UsageLabels = Pick<Dimensions, (typeof USAGE_LABELS)[number]>;
const OTHER_LABELS = Object.fromEntries(USAGE_LABELS.map((label) => [label, OTHER])) as UsageLabels;

function newAccount(labels: UsageLabels, category: string): Account {
  const { provider, model, tenant_id, team, feature, environment } = labels;
  return {
    provider,
    model,
    tenant_id,
    team,
    feature,
    environment,
    category,
    costRows: new Int32Array(METERS.length).fill(-1),
    tokenRows: new Int32Array(METERS.length).fill(-1),
    requestRows: new Map(),
    savingRows: new Int32Array(2).fill(-1),
  };
}
