import { dashboard } from '../lib/dashboard.ts';
import { targetVariable, usageVariable } from '../lib/variables.ts';
import * as limits from '../panels/budget-limits.ts';
import * as state from '../panels/budget-state.ts';
import * as foresight from '../panels/foresight.ts';
import { budgets } from '../queries/budgets.ts';
import { callers, instances, jobs } from '../queries/variables.ts';

export function budgetsDashboard() {
  return dashboard({
    uid: 'llm-cost-budgets',
    title: 'LLM budgets and foresight',
    description:
      'Whether the budgets hold, when they run out, what the month will cost, and what is out of line.',
    from: 'now-7d',
    variables: [
      targetVariable('job', 'Job', jobs),
      targetVariable('instance', 'Instance', instances),
      usageVariable('budget', 'Budget', budgets),
      usageVariable('tenant_id', 'Tenant', callers),
    ],
    rows: {
      Now: [
        state.overLimit(),
        state.runOut(),
        state.firstExhaustion(),
        limits.subjectsOverLimit(),
        limits.blockedCalls(),
        foresight.outsideBand(),
      ],
      'Every budget': [
        state.used(),
        state.usedOverTime(),
        state.periodTable(),
        state.usdTable(),
        state.quotaTable(),
      ],
      'Forecast and burn rate': [state.forecastOverTime(), state.burnRate()],
      'Thresholds and hard limits': [
        limits.thresholdTable(),
        limits.answers(),
        limits.reserved(),
        limits.topSubjects(),
        limits.subjectTable(),
      ],
      'What the month will cost': [foresight.forecastTable()],
      'Out of line': [
        foresight.hourBand(),
        foresight.dayBand(),
        foresight.bandTable(),
        foresight.score(),
        foresight.anomalies(),
      ],
    },
  });
}
