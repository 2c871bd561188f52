import { histogramBlock, type SampleBlock } from '../domain/samples.ts';
import type { Account } from './accounts.ts';
import { labelKey } from './label-key.ts';

/** Seconds. Wide on purpose: from an embedding to a long reasoning call. */
const BOUNDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];

interface Series {
  readonly labels: readonly string[];
  readonly counts: Float64Array;
  sum: number;
}

/** `llm_request_duration_seconds` by provider and model. Starts anew with the process. */
export class Durations {
  readonly #series: Series[] = [];
  readonly #byKey = new Map<string, Series>();
  readonly #byAccount = new Map<Account, Series>();
  readonly block: SampleBlock = histogramBlock('llm_request_duration_seconds', BOUNDS, this.#series);

  observe(account: Account, seconds: number): void {
    const series = this.#byAccount.get(account) ?? this.#shared(account);
    let bucket = 0;
    while (bucket < BOUNDS.length && seconds > BOUNDS[bucket]!) bucket++;
    series.counts[bucket]! += 1;
    series.sum += seconds;
  }

  /** Accounts of one provider and model share a series. */
  #shared(account: Account): Series {
    const { provider, model } = account;
    const key = labelKey([provider, model]);
    let series = this.#byKey.get(key);
    if (!series) {
      series = { labels: [provider, model], counts: new Float64Array(BOUNDS.length + 1), sum: 0 };
      this.#series.push(series);
      this.#byKey.set(key, series);
    }
    this.#byAccount.set(account, series);
    return series;
  }
}
