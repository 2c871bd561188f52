import { durationText } from './duration.ts';
import { linksOf } from './links.ts';
import { type AlertCases, type Firing, type RuleCase, STEP_SECONDS } from './rule-case.ts';
import type { AlertThresholds } from './thresholds.ts';
import { type Yaml, yamlText } from './yaml-text.ts';

interface TestFile {
  readonly input: RuleCase['input'];
  /** Relative to the folder of the test file. */
  readonly ruleFiles: readonly string[];
  readonly groups: readonly string[];
}

/** Text of one promtool unit-test file with the cases of that input. */
export function testFile(file: TestFile, alerts: readonly AlertCases[], thresholds: AlertThresholds): string {
  const tests = alerts.flatMap((tested) =>
    tested.cases.filter((one) => one.input === file.input).map((one) => testYaml(one, tested, thresholds)),
  );
  return yamlText(
    {
      rule_files: file.ruleFiles,
      evaluation_interval: durationText(STEP_SECONDS[file.input]),
      group_eval_order: file.groups,
      tests,
    },
    'Run: promtool test rules <this file>',
  );
}

function testYaml(one: RuleCase, { alert }: AlertCases, thresholds: AlertThresholds): Yaml {
  const expected = ({ labels, summary, description }: Firing): Yaml => ({
    exp_labels: { ...labels, severity: alert.severity },
    exp_annotations: { summary, description, ...linksOf(alert, thresholds) },
  });
  return {
    name: `${alert.alert} (${one.kind}): ${one.name}`,
    interval: durationText(STEP_SECONDS[one.input]),
    input_series: Object.entries(one.series).map(([series, values]) => ({ series, values })),
    alert_rule_test: one.expect.map(({ atSeconds, firing }) => ({
      eval_time: durationText(atSeconds),
      alertname: alert.alert,
      exp_alerts: firing.map(expected),
    })),
  };
}
