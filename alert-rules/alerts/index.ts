import type { Alert, RuleGroup } from '../lib/rule.ts';
import type { AlertThresholds } from '../lib/thresholds.ts';
import { budgetBlocking } from './budget-blocking.ts';
import { budgetBurnRateCritical, budgetBurnRateWarning } from './budget-burn-rate.ts';
import { budgetExceeded } from './budget-exceeded.ts';
import { budgetExhausts } from './budget-exhausts.ts';
import { budgetSubjectsOverLimit } from './budget-subjects.ts';
import { budgetThresholdReached } from './budget-threshold.ts';
import { budgetWarning } from './budget-warning.ts';
import { cacheHitDrop } from './cache-hit-drop.ts';
import { costAboveUsual } from './cost-above-usual.ts';
import { costAnomaly } from './cost-anomaly.ts';
import { costSpike } from './cost-spike.ts';
import { errorSpend } from './error-spend.ts';
import { exporterDown } from './exporter-down.ts';
import { forecastOverBudget } from './forecast-over-budget.ts';
import { gpuIdleDollars } from './gpu-idle-dollars.ts';
import { highCostPerRequest } from './high-cost-per-request.ts';
import { ingestRejecting } from './ingest-rejecting.ts';
import { ledgerFailing } from './ledger-failing.ts';
import { lowGpuEfficiency } from './low-gpu-efficiency.ts';
import { priceTableStale } from './price-table-stale.ts';
import { providerBillUnreadable } from './provider-bill-unreadable.ts';
import { reconciliationDrift } from './reconciliation-drift.ts';
import { samplerDown } from './sampler-down.ts';
import { seriesOverflow } from './series-overflow.ts';
import { telemetryNotCounted } from './telemetry-not-counted.ts';
import { unexpectedTenantCost } from './unexpected-tenant-cost.ts';
import { unpricedUsage } from './unpriced-usage.ts';
import { usageMissing } from './usage-missing.ts';
import { watchdog } from './watchdog.ts';

/** Every alert: money first, then the exporter itself. */
export function alertGroup(thresholds: AlertThresholds): RuleGroup<Alert> {
  return {
    name: 'llm-cost-alerts',
    intervalSeconds: 60,
    rules: [
      budgetExceeded(),
      budgetWarning(thresholds),
      budgetThresholdReached(thresholds),
      budgetBurnRateCritical(thresholds),
      budgetBurnRateWarning(thresholds),
      budgetExhausts(thresholds),
      forecastOverBudget(thresholds),
      budgetSubjectsOverLimit(),
      budgetBlocking(),
      costAnomaly(thresholds),
      costAboveUsual(thresholds),
      costSpike(thresholds),
      unexpectedTenantCost(thresholds),
      highCostPerRequest(thresholds),
      errorSpend(thresholds),
      cacheHitDrop(thresholds),
      lowGpuEfficiency(thresholds),
      gpuIdleDollars(thresholds),
      unpricedUsage(),
      priceTableStale(thresholds),
      reconciliationDrift(thresholds),
      usageMissing(),
      telemetryNotCounted(),
      exporterDown(),
      ingestRejecting(),
      ledgerFailing(),
      seriesOverflow(),
      samplerDown(),
      providerBillUnreadable(),
      watchdog(),
    ],
  };
}
