import { dashboard } from '../lib/dashboard.ts';
import { targetVariable, usageVariable } from '../lib/variables.ts';
import * as advice from '../panels/advice.ts';
import * as bills from '../panels/bills.ts';
import * as budgets from '../panels/budgets.ts';
import * as gpu from '../panels/gpu.ts';
import * as spend from '../panels/spend.ts';
import * as unitCost from '../panels/unit-cost.ts';
import { callers, instances, jobs } from '../queries/variables.ts';

export function costDashboard() {
  return dashboard({
    uid: 'llm-cost-overview',
    title: 'LLM cost',
    description:
      'What LLM usage costs, who causes it, whether the budgets hold, and what would make it cheaper.',
    from: 'now-24h',
    variables: [
      targetVariable('job', 'Job', jobs),
      targetVariable('instance', 'Instance', instances),
      usageVariable('tenant_id', 'Tenant', callers),
      usageVariable('model', 'Model', callers),
      usageVariable('environment', 'Environment', callers),
    ],
    rows: {
      Now: [
        spend.currentMonthCost(),
        spend.spentInRange(),
        spend.lastHour(),
        unitCost.costPerRequest(),
        advice.unpricedCalls(),
        advice.openSavings(),
      ],
      'Budgets and forecast': [
        budgets.budgetUsed(),
        budgets.budgetRemaining(),
        budgets.forecastOfLimit(),
        budgets.firstExhaustion(),
        budgets.budgetTable(),
        budgets.forecast(),
      ],
      'Where the money goes': [
        spend.dailyTrend(),
        spend.costByModel(),
        spend.topTenants(),
        spend.topTeams(),
        spend.topFeatures(),
        spend.models(),
      ],
      "The provider's bill": [bills.billDays()],
      'What to do': [advice.opportunityTable(), advice.unpricedTable()],
      'Per request and per token': [
        unitCost.costPerRequestByModel(),
        unitCost.costPerMillionTokens(),
        unitCost.tokensByType(),
        unitCost.cacheReadShare(),
        unitCost.savings(),
        unitCost.wasted(),
        unitCost.callsByStatus(),
        unitCost.callDuration(),
      ],
      GPUs: [gpu.gpuCostEfficiency(), gpu.gpuUtilization(), gpu.idleGpuDollars(), gpu.gpuTable()],
    },
  });
}
