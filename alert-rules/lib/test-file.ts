import { durationText } from './duration.ts';
import { linksOf } from './links.ts';
import type { AlertCases, Firing, RuleCase } from './rule-case.ts';
import type { AlertThresholds } from './thresholds.ts';
import { type Yaml, yamlText } from './yaml-text.ts';

interface TestFile {
  readonly input: RuleCase['input'];
  readonly stepSeconds: number;
  /** Relative to the folder of the test file. */
  readonly ruleFiles: readonly string[];
  readonly groups: readonly string[];
}

/** Text of one promtool unit-test file with the cases of that input. */
export function testFile(file: TestFile, alerts: readonly AlertCases[], thresholds: AlertThresholds): string {
  const tests = alerts.flatMap((tested) =>
    tested.cases.filter((one) => one.input === file.input).map((one) => testYaml(one, tested, file, thresholds)),
  );
  return yamlText(
    {
      rule_files: file.ruleFiles,
      evaluation_interval: durationText(file.stepSeconds),
      group_eval_order: file.groups,
      tests,
    },
    'Run: promtool test rules <this file>',
  );
}

function testYaml(one: RuleCase, { alert }: AlertCases, file: TestFile, thresholds: AlertThresholds): Yaml {
  const expected = ({ labels, summary, description }: Firing): Yaml => ({
    exp_labels: { ...labels, severity: alert.severity },
    exp_annotations: { summary, description, ...linksOf(alert, thresholds) },
  });
  return {
    name: `${alert.alert} (${one.kind}): ${one.name}`,
    interval: durationText(file.stepSeconds),
    input_series: Object.entries(one.series).map(([series, values]) => ({ series, values })),
    alert_rule_test: one.expect.map(({ atSeconds, firing }) => ({
      eval_time: durationText(atSeconds),
      alertname: alert.alert,
      exp_alerts: firing.map(expected),
    })),
  };
}
