import { type Charge, comparedCosts } from '../domain/charge.ts';
import type { LedgerTotal, MinuteCost } from '../domain/ledger-sums.ts';
import { emptyPerMeter } from '../domain/meters.ts';
import type { Period } from '../domain/period.ts';
import type { SampleBlock } from '../domain/samples.ts';
import { Accounts } from './accounts.ts';
import { CostRate } from './cost-rate.ts';
import { Durations } from './durations.ts';
import { MonthToDate } from './month-to-date.ts';
import { UsageCounters } from './usage-counters.ts';
import { ZeroFirst } from './zero-first.ts';

const NO_COSTS = emptyPerMeter();
const NOTHING_COMPARED = { reportedNanoUsd: 0, computedNanoUsd: 0 };

/** Charges summed into series. Holds no more than the label budget allows. */
export class Aggregate {
  readonly #accounts: Accounts;
  readonly #counters = new UsageCounters();
  readonly #durations = new Durations();
  #rate = new CostRate();
  #month: MonthToDate;
  #zeroFirst: ZeroFirst;
  #folded = 0;

  readonly #startedMs: number;

  constructor(options: { readonly labelSets: number; readonly month: Period; readonly nowMs: number }) {
    this.#startedMs = options.nowMs;
    this.#accounts = new Accounts(options.labelSets);
    this.#month = new MonthToDate(options.month);
    this.#zeroFirst = new ZeroFirst(this.#counterBlocks, this.#startedMs);
  }

  /** Continues the counters from the ledger's all-time sums. Once, before the first charge. */
  restore(totals: readonly LedgerTotal[]): void {
    for (const total of totals) {
      this.#counters.add(this.#accounts.accountOf(total.dimensions), {
        ...total,
        status: total.dimensions.status,
      });
    }
    this.#zeroFirst = new ZeroFirst(this.#counterBlocks, this.#startedMs);
  }

  /** Replaces the month-to-date sums by the ledger's. What has no price has no sum: unknown is not zero. */
  loadMonth(period: Period, totals: readonly LedgerTotal[]): void {
    this.#month = new MonthToDate(period);
    for (const { dimensions, unpricedReason, costs } of totals) {
      if (unpricedReason !== '') continue;
      const cost = costs.reduce((sum, each) => sum + each, 0);
      this.#month.add(this.#accounts.accountOf(dimensions), period.startMs, cost);
    }
  }

  /** Replaces the costs of the last hour by the ledger's. */
  loadRate(minutes: readonly MinuteCost[]): void {
    this.#rate = new CostRate();
    for (const { dimensions, atMs, costNanoUsd } of minutes) {
      this.#rate.add(this.#accounts.accountOf(dimensions), atMs, costNanoUsd);
    }
  }

  record({ event, price }: Charge): void {
    const account = this.#accounts.accountOf(event.dimensions);
    const { status } = event.dimensions;
    const { quantities } = event;
    if (this.#accounts.isOther(account)) this.#folded += 1;
    if (price.kind === 'priced') {
      const { costs, savedByCacheNanoUsd, savedByTierNanoUsd } = price;
      const compared = comparedCosts(event, price) ?? NOTHING_COMPARED;
      this.#counters.add(account, {
        status,
        unpricedReason: '',
        quantities,
        costs,
        savedByCacheNanoUsd,
        savedByTierNanoUsd,
        ...compared,
      });
      this.#month.add(account, event.timestampMs, price.costNanoUsd);
      this.#rate.add(account, event.timestampMs, price.costNanoUsd);
    } else {
      this.#counters.add(account, {
        status,
        unpricedReason: price.reason,
        quantities,
        costs: NO_COSTS,
        savedByCacheNanoUsd: 0,
        savedByTierNanoUsd: 0,
        ...NOTHING_COMPARED,
      });
    }
    if (event.latencyMs !== undefined) {
      this.#durations.observe(account, event.latencyMs / 1000);
    }
  }

  get month(): Period {
    return this.#month.period;
  }

  /** Charges that were counted in `other` since the start. */
  get folded(): number {
    return this.#folded;
  }

  /** What a person wants to know first. */
  overview(nowMs: number) {
    return {
      month: this.#month.period,
      monthToDateNanoUsd: sumOf(this.#month.block),
      lastHourNanoUsd: sumOf(this.#rate.block(nowMs)),
      unpricedRequests: sumOf(this.#counters.unpricedRequests),
    };
  }

  /** For one scraper, if its name is given: new counter series show it a 0 first. */
  blocks(nowMs: number, scraper: string | undefined): readonly SampleBlock[] {
    const counters = scraper === undefined ? this.#counterBlocks : this.#zeroFirst.viewFor(scraper, nowMs);
    return [...counters, this.#month.block, this.#rate.block(nowMs)];
  }

  get #counterBlocks(): readonly SampleBlock[] {
    return [...this.#counters.blocks, this.#durations.block];
  }
}

function sumOf(block: SampleBlock): number {
  let sum = 0;
  for (let row = 0; row < block.length; row++) sum += block.valueAt(row);
  return sum;
}
