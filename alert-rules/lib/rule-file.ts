import { durationText } from './duration.ts';
import { linksOf } from './links.ts';
import type { Alert, RecordingRule, RuleGroup } from './rule.ts';
import type { AlertThresholds } from './thresholds.ts';
import { commentItems, type Yaml, yamlText } from './yaml-text.ts';

/** Text of a Prometheus rule file with one group. Adds severity, runbook and dashboard to every alert. */
export function ruleFile(group: RuleGroup, thresholds: AlertThresholds, notice: string): string {
  const rules = group.rules.map((rule) => ('alert' in rule ? alertYaml(rule, thresholds) : recordYaml(rule)));
  const content = { groups: [{ name: group.name, interval: durationText(group.intervalSeconds), rules }] };
  return yamlText(content, notice, (document) =>
    commentItems(
      document,
      ['groups', 0, 'rules'],
      group.rules.map((rule) => rule.comment),
    ),
  );
}

function recordYaml({ record, expr }: RecordingRule): Yaml {
  return { record, expr };
}

function alertYaml(alert: Alert, thresholds: AlertThresholds): Yaml {
  return {
    alert: alert.alert,
    expr: alert.expr,
    for: durationText(alert.forSeconds),
    ...(alert.keepFiringForSeconds === undefined
      ? {}
      : { keep_firing_for: durationText(alert.keepFiringForSeconds) }),
    labels: { severity: alert.severity, ...alert.labels },
    annotations: {
      summary: alert.summary,
      description: alert.description,
      ...linksOf(alert, thresholds),
    },
  };
}
