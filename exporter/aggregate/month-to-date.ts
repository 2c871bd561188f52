import type { Period } from '../domain/period.ts';
import type { Account } from './accounts.ts';
import { SeriesTable } from './series-table.ts';

/** `llm_cost_month_to_date_usd` of one month. A new month is a new object. */
export class MonthToDate {
  readonly period: Period;
  readonly block = new SeriesTable('llm_cost_month_to_date_usd', 'nanoUsd');
  readonly #rows = new Map<Account, number>();

  constructor(period: Period) {
    this.period = period;
  }

  add(account: Account, timestampMs: number, costNanoUsd: number): void {
    if (timestampMs < this.period.startMs || timestampMs >= this.period.endMs) return;
    let row = this.#rows.get(account);
    if (row === undefined) {
      const { tenant_id, team, model, provider, category, environment } = account;
      row = this.block.row(tenant_id, team, model, provider, category, environment);
      this.#rows.set(account, row);
    }
    this.block.add(row, costNanoUsd);
  }
}
