import type { RuleCase } from '../lib/rule-case.ts';

const FIRING = {
  labels: {},
  summary: 'Alerting works',
  description: 'Always firing. Its absence means that Prometheus or Alertmanager is not delivering.',
};

/** It has no condition, so there is nothing that could keep it quiet. */
export function watchdogCases(): readonly RuleCase[] {
  return [
    {
      kind: 'fires',
      name: 'from the first evaluation, with nothing to scrape',
      input: 'minutes',
      series: {},
      expect: [
        { atSeconds: 0, firing: [FIRING] },
        { atSeconds: 600, firing: [FIRING] },
      ],
    },
  ];
}
