import { usdFromNanoUsd } from '../domain/money.ts';
import { fixedBlock, type SampleBlock } from '../domain/samples.ts';

/** One provider's bill and how reading it went. What is unknown is undefined and has no row. */
export interface BillStatus {
  readonly provider: string;
  /** Undefined before the first look. */
  readonly up: boolean | undefined;
  readonly lastSuccessMs: number | undefined;
  readonly days: readonly BillDay[];
}

export interface BillDay {
  /** Midnight UTC at its beginning. */
  readonly dayMs: number;
  readonly reportedNanoUsd: number | undefined;
  readonly computedNanoUsd: number | undefined;
  readonly reportedTokens: number | undefined;
  readonly computedTokens: number | undefined;
  readonly driftNanoUsd: number | undefined;
  readonly driftRatio: number | undefined;
}

export function billBlocks(bills: readonly BillStatus[]): SampleBlock[] {
  const byDay = (family: string, valueFrom: (day: BillDay) => number | undefined) =>
    fixedBlock(
      family,
      bills.flatMap(({ provider, days }) =>
        days.flatMap((day) => {
          const value = valueFrom(day);
          return value === undefined ? [] : [[[provider, dayText(day.dayMs)], value] as const];
        }),
      ),
    );
  const byProvider = (family: string, valueFrom: (bill: BillStatus) => number | undefined) =>
    fixedBlock(
      family,
      bills.flatMap((bill) => {
        const value = valueFrom(bill);
        return value === undefined ? [] : [[[bill.provider], value] as const];
      }),
    );
  return [
    byDay('llm_provider_reported_cost_usd', (day) => usd(day.reportedNanoUsd)),
    byDay('llm_provider_computed_cost_usd', (day) => usd(day.computedNanoUsd)),
    byDay('llm_provider_reported_tokens', (day) => day.reportedTokens),
    byDay('llm_provider_computed_tokens', (day) => day.computedTokens),
    byDay('llm_cost_reconciliation_drift_usd', (day) => usd(day.driftNanoUsd)),
    byDay('llm_cost_reconciliation_drift_ratio', (day) => day.driftRatio),
    byProvider('llm_cost_exporter_bill_up', ({ up }) => (up === undefined ? undefined : Number(up))),
    byProvider('llm_cost_exporter_bill_last_success_timestamp_seconds', ({ lastSuccessMs }) =>
      lastSuccessMs === undefined ? undefined : lastSuccessMs / 1000,
    ),
  ];
}

/** `2026-11-21`. */
function dayText(dayMs: number): string {
  return new Date(dayMs).toISOString().slice(0, 10);
}

function usd(nanoUsd: number | undefined): number | undefined {
  return nanoUsd === undefined ? undefined : usdFromNanoUsd(nanoUsd);
}
