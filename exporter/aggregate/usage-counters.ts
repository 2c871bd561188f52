import type { UnpricedReason } from '../domain/charge.ts';
import { METER, type PerMeter, TOKEN_METER_COUNT, TOKEN_TYPES } from '../domain/meters.ts';
import type { SampleBlock } from '../domain/samples.ts';
import type { Status } from '../domain/usage-event.ts';
import type { Account } from './accounts.ts';
import { SeriesTable } from './series-table.ts';

/** One charge, or the sum of many that share an account, a status and a reason. */
export interface Counted {
  readonly status: Status;
  readonly unpricedReason: UnpricedReason | '';
  readonly quantities: PerMeter;
  /** Nano-USD per meter; ignored where there is a reason. */
  readonly costs: PerMeter;
  readonly savedByCacheNanoUsd: number;
  readonly savedByTierNanoUsd: number;
  /** What the senders and we say of calls that both have a cost for. */
  readonly reportedNanoUsd: number;
  readonly computedNanoUsd: number;
}

const SAVING_SOURCES = ['prompt_cache', 'service_tier'] as const;

/** The counters that are fed once per charge and continue over restarts. */
export class UsageCounters {
  readonly #cost = new SeriesTable('llm_cost_total', 'nanoUsd');
  readonly #tokens = new SeriesTable('llm_tokens_total');
  readonly #requests = new SeriesTable('llm_requests_total');
  readonly #unpricedTokens = new SeriesTable('llm_unpriced_tokens_total');
  readonly unpricedRequests = new SeriesTable('llm_unpriced_requests_total');
  readonly #savings = new SeriesTable('llm_cost_savings_total', 'nanoUsd');
  readonly #wasted = new SeriesTable('llm_cost_wasted_total', 'nanoUsd');
  readonly #reported = new SeriesTable('llm_cost_reported_total', 'nanoUsd');
  readonly #computed = new SeriesTable('llm_cost_computed_total', 'nanoUsd');

  readonly blocks: readonly SampleBlock[] = [
    this.#cost,
    this.#tokens,
    this.#requests,
    this.#unpricedTokens,
    this.unpricedRequests,
    this.#savings,
    this.#wasted,
    this.#reported,
    this.#computed,
  ];

  add(account: Account, counted: Counted): void {
    const { quantities, unpricedReason } = counted;
    let tokens = 0;
    for (let meter = 0; meter < TOKEN_METER_COUNT; meter++) {
      const quantity = quantities[meter]!;
      if (quantity === 0) continue;
      tokens += quantity;
      this.#tokens.add(this.#tokenRow(account, meter), quantity);
    }
    if (account.category === 'api_external') {
      this.#requests.add(this.#requestRow(account, counted.status), quantities[METER.request]!);
    }
    if (unpricedReason === '') this.#addCosts(account, counted);
    else this.#addUnpriced(account, unpricedReason, tokens, quantities[METER.request]!);
  }

  #addCosts(account: Account, counted: Counted): void {
    let total = 0;
    for (let meter = 0; meter < counted.costs.length; meter++) {
      const cost = counted.costs[meter]!;
      if (cost === 0 && (counted.quantities[meter] === 0 || meter === METER.request)) continue;
      total += cost;
      this.#cost.add(this.#costRow(account, meter), cost);
    }
    const { provider, model, tenant_id } = account;
    this.#addSaving(account, 0, counted.savedByCacheNanoUsd);
    this.#addSaving(account, 1, counted.savedByTierNanoUsd);
    if (counted.reportedNanoUsd !== 0 || counted.computedNanoUsd !== 0) {
      this.#reported.add(this.#reported.row(provider, model), counted.reportedNanoUsd);
      this.#computed.add(this.#computed.row(provider, model), counted.computedNanoUsd);
    }
    if (counted.status !== 'success') {
      this.#wasted.add(this.#wasted.row(tenant_id, provider, model, counted.status), total);
    }
  }

  #addSaving(account: Account, source: 0 | 1, savedNanoUsd: number): void {
    if (savedNanoUsd === 0) return;
    let row = account.savingRows[source]!;
    if (row < 0) {
      row = this.#savings.row(account.tenant_id, account.provider, account.model, SAVING_SOURCES[source]);
      account.savingRows[source] = row;
    }
    this.#savings.add(row, savedNanoUsd);
  }

  #addUnpriced(account: Account, reason: UnpricedReason, tokens: number, requests: number): void {
    const { provider, model } = account;
    this.#unpricedTokens.add(this.#unpricedTokens.row(provider, model, reason), tokens);
    this.unpricedRequests.add(this.unpricedRequests.row(provider, model, reason), requests);
  }

  #costRow(account: Account, meter: number): number {
    let row = account.costRows[meter]!;
    if (row < 0) {
      row = this.#cost.row(...usageLabels(account), account.category, TOKEN_TYPES[meter]!);
      account.costRows[meter] = row;
    }
    return row;
  }

  #tokenRow(account: Account, meter: number): number {
    let row = account.tokenRows[meter]!;
    if (row < 0) {
      row = this.#tokens.row(...usageLabels(account), TOKEN_TYPES[meter]!);
      account.tokenRows[meter] = row;
    }
    return row;
  }

  #requestRow(account: Account, status: Status): number {
    let row = account.requestRows.get(status);
    if (row === undefined) {
      row = this.#requests.row(...usageLabels(account), status);
      account.requestRows.set(status, row);
    }
    return row;
  }
}

function usageLabels(account: Account): string[] {
  const { provider, model, tenant_id, team, feature, environment } = account;
  return [provider, model, tenant_id, team, feature, environment];
}
