import { alertGroup } from '../alerts/index.ts';
import type { AlertCases, RuleCase } from '../lib/rule-case.ts';
import type { AlertThresholds } from '../lib/thresholds.ts';
import { budgetBlockingCases } from './budget-blocking.ts';
import { budgetBurnRateCriticalCases, budgetBurnRateWarningCases } from './budget-burn-rate.ts';
import { budgetExceededCases } from './budget-exceeded.ts';
import { budgetExhaustsCases } from './budget-exhausts.ts';
import { budgetSubjectsOverLimitCases } from './budget-subjects.ts';
import { budgetThresholdReachedCases } from './budget-threshold.ts';
import { budgetWarningCases } from './budget-warning.ts';
import { cacheHitDropCases } from './cache-hit-drop.ts';
import { costAboveUsualCases } from './cost-above-usual.ts';
import { costAnomalyCases } from './cost-anomaly.ts';
import { costSpikeCases } from './cost-spike.ts';
import { errorSpendCases } from './error-spend.ts';
import { exporterDownCases } from './exporter-down.ts';
import { forecastOverBudgetCases } from './forecast-over-budget.ts';
import { gpuIdleDollarsCases } from './gpu-idle-dollars.ts';
import { highCostPerRequestCases } from './high-cost-per-request.ts';
import { ingestRejectingCases } from './ingest-rejecting.ts';
import { ledgerFailingCases } from './ledger-failing.ts';
import { lowGpuEfficiencyCases } from './low-gpu-efficiency.ts';
import { priceTableStaleCases } from './price-table-stale.ts';
import { providerBillUnreadableCases } from './provider-bill-unreadable.ts';
import { reconciliationDriftCases } from './reconciliation-drift.ts';
import { samplerDownCases } from './sampler-down.ts';
import { seriesOverflowCases } from './series-overflow.ts';
import { telemetryNotCountedCases } from './telemetry-not-counted.ts';
import { unexpectedTenantCostCases } from './unexpected-tenant-cost.ts';
import { unpricedUsageCases } from './unpriced-usage.ts';
import { usageMissingCases } from './usage-missing.ts';
import { watchdogCases } from './watchdog.ts';

type CasesOf = (thresholds: AlertThresholds) => readonly RuleCase[];

const CASES: Readonly<Record<string, CasesOf>> = {
  BudgetExceeded: budgetExceededCases,
  BudgetWarning: budgetWarningCases,
  BudgetThresholdReached: budgetThresholdReachedCases,
  BudgetBurnRateCritical: budgetBurnRateCriticalCases,
  BudgetBurnRateWarning: budgetBurnRateWarningCases,
  BudgetExhaustsBeforePeriodEnd: budgetExhaustsCases,
  ForecastOverBudget: forecastOverBudgetCases,
  BudgetSubjectsOverLimit: budgetSubjectsOverLimitCases,
  BudgetBlocking: budgetBlockingCases,
  CostAnomaly: costAnomalyCases,
  CostAboveUsual: costAboveUsualCases,
  CostSpike: costSpikeCases,
  UnexpectedTenantCost: unexpectedTenantCostCases,
  HighCostPerRequest: highCostPerRequestCases,
  ErrorSpend: errorSpendCases,
  CacheHitDrop: cacheHitDropCases,
  LowGPUEfficiency: lowGpuEfficiencyCases,
  GpuIdleDollars: gpuIdleDollarsCases,
  UnpricedUsage: unpricedUsageCases,
  PriceTableStale: priceTableStaleCases,
  ReconciliationDrift: reconciliationDriftCases,
  UsageMissing: usageMissingCases,
  TelemetryNotCounted: telemetryNotCountedCases,
  LLMCostExporterDown: exporterDownCases,
  IngestRejecting: ingestRejectingCases,
  LedgerFailing: ledgerFailingCases,
  SeriesOverflow: seriesOverflowCases,
  SamplerDown: samplerDownCases,
  ProviderBillUnreadable: providerBillUnreadableCases,
  Watchdog: watchdogCases,
};

/** Every alert with its cases. An alert without any has an empty list, which a test refuses. */
export function alertCases(thresholds: AlertThresholds): readonly AlertCases[] {
  return alertGroup(thresholds).rules.map((alert) => ({
    alert,
    cases: CASES[alert.alert]?.(thresholds) ?? [],
  }));
}
