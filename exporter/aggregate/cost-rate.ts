import type { SampleBlock } from '../domain/samples.ts';
import type { Account } from './accounts.ts';
import { labelKey } from './label-key.ts';

const MINUTES = 60;
const MINUTE_MS = 60_000;

interface Window {
  readonly labels: readonly string[];
  /** Nano-USD per minute of the last hour, at `minute % 60`, and their sum. */
  readonly costs: Float64Array;
  sum: number;
  latestMinute: number;
}

/** `llm_cost_rate_usd_per_hour`: what the last 60 minutes cost, by the time of the call. */
export class CostRate {
  readonly #windows = new Map<string, Window>();
  readonly #windowOf = new Map<Account, Window>();
  readonly #rows: Window[] = [];
  #nowMinute = 0;
  readonly #block: SampleBlock;

  constructor() {
    const rows = this.#rows;
    this.#block = {
      family: 'llm_cost_rate_usd_per_hour',
      unit: 'nanoUsd',
      get length() {
        return rows.length;
      },
      labelsAt: (row) => rows[row]?.labels,
      valueAt: (row) => this.#sumAt(row),
    };
  }

  /** A cost of 0 says nothing: it may be that of calls without a price. */
  add(account: Account, timestampMs: number, costNanoUsd: number): void {
    if (costNanoUsd === 0) return;
    const minute = Math.floor(timestampMs / MINUTE_MS);
    const window = this.#windowOf.get(account) ?? this.#shared(account, minute);
    advance(window, minute);
    if (minute <= window.latestMinute - MINUTES) return;
    window.costs[minute % MINUTES]! += costNanoUsd;
    window.sum += costNanoUsd;
  }

  /** Accounts of one tenant and category share a window. */
  #shared(account: Account, minute: number): Window {
    const { tenant_id, category } = account;
    const key = labelKey([tenant_id, category]);
    const window = this.#windows.get(key) ?? {
      labels: [tenant_id, category],
      costs: new Float64Array(MINUTES),
      sum: 0,
      latestMinute: minute,
    };
    if (!this.#windows.has(key)) this.#rows.push(window);
    this.#windows.set(key, window);
    this.#windowOf.set(account, window);
    return window;
  }

  /** As of `nowMs`. A tenant that once had cost keeps its row, at 0 when quiet. Rows are summed as they are read. */
  block(nowMs: number): SampleBlock {
    this.#nowMinute = Math.floor(nowMs / MINUTE_MS);
    return this.#block;
  }

  #sumAt(row: number): number {
    const window = this.#rows[row]!;
    if (this.#nowMinute <= window.latestMinute - MINUTES) startOver(window, this.#nowMinute);
    advance(window, this.#nowMinute);
    return window.sum;
  }
}

/** The clock stepped back so far that every minute held is yet to come; calls from now on would be too old. */
function startOver(window: Window, minute: number): void {
  window.costs.fill(0);
  window.sum = 0;
  window.latestMinute = minute;
}

/** Empties the minutes between the latest one and `minute`. */
function advance(window: Window, minute: number): void {
  for (let at = Math.max(window.latestMinute + 1, minute - MINUTES + 1); at <= minute; at++) {
    window.sum -= window.costs[at % MINUTES]!;
    window.costs[at % MINUTES] = 0;
  }
  window.latestMinute = Math.max(window.latestMinute, minute);
}
