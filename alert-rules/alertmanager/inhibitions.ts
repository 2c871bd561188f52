/**
 * Alertmanager takes two absent labels for equal ones: `equal` alone would silence what has nothing to do with it. So
 * the source has to carry what says what it is about (`budget!=""`), and by `equal` the target then carries it too.
 */
export const INHIBITIONS = [
  {
    source_matchers: ['severity="critical"', 'budget!=""', 'job!=""'],
    target_matchers: ['severity="warning"'],
    // Every alert on a budget carries these, but scope_id, which the budget of the whole organisation has not.
    equal: ['job', 'budget', 'scope', 'scope_id', 'period'],
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
