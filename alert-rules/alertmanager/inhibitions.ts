/** On one budget or one subject of it; what is said of all subjects together (BudgetBlocking) has no scope. */
const ONE_BUDGET = ['budget!=""', 'scope!=""', 'job!=""'] as const;
/** Every alert on one budget carries these, but scope_id, which the budget of the whole organisation has not. */
const SAME_BUDGET = ['job', 'budget', 'scope', 'scope_id', 'period'] as const;

/**
 * Alertmanager takes two absent labels for equal ones: `equal` alone would silence what has nothing to do with it. So
 * the source has to carry what says what it is about (`budget!=""`), and by `equal` the target then carries it too.
 */
export const INHIBITIONS = [
  {
    source_matchers: ['severity="critical"', ...ONE_BUDGET],
    target_matchers: ['severity="warning"'],
    equal: SAME_BUDGET,
  },
  {
    // Not a threshold above the limit, three digits of percent: nothing critical says that it is reached.
    source_matchers: ['severity="critical"', ...ONE_BUDGET],
    target_matchers: ['severity="info"', 'threshold!~"[0-9]{3,}.*"'],
    equal: SAME_BUDGET,
  },
  {
    source_matchers: ['severity="critical"', 'tenant_id!=""', 'job!=""'],
    target_matchers: ['severity="warning"'],
    equal: ['job', 'tenant_id'],
  },
  {
    // A whole job without an exporter; the alert for one of several targets has an instance, that for none at all no job.
    source_matchers: ['alertname="LLMCostExporterDown"', 'job!=""', 'instance=""'],
    target_matchers: ['alertname!~"LLMCostExporterDown|Watchdog"'],
    equal: ['job'],
  },
  {
    source_matchers: ['alertname="LLMCostExporterDown"', 'job!=""', 'instance!=""'],
    target_matchers: ['alertname=~"LedgerFailing|SamplerDown"'],
    equal: ['job', 'instance'],
  },
] as const;
