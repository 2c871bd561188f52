import { type AlertmanagerOptions, buildAlertmanagerConfig } from './alertmanager/config.ts';
import { alertGroup } from './alerts/index.ts';
import { alertCases } from './cases/index.ts';
import { type Alert, type RuleGroup, scaleDurations } from './lib/rule.ts';
import { ruleFile } from './lib/rule-file.ts';
import { testFile } from './lib/test-file.ts';
import type { AlertThresholds } from './lib/thresholds.ts';
import { RECORDING_GROUP } from './recording/index.ts';

export { type AlertmanagerOptions, buildAlertmanagerConfig } from './alertmanager/config.ts';
export type { AlertThresholds } from './lib/thresholds.ts';
export { RECORDED } from './recording/index.ts';

export const RECORDING_FILE = 'llm-cost-recording.yml';
export const ALERTS_FILE = 'llm-cost-alerts.yml';

/**
 * Texts of the two Prometheus rule files. `durationFactor` multiplies the evaluation interval, `for` and
 * `keep_firing_for`, so that a demonstration runs the same rules sooner; windows such as `[1h]` stay.
 */
export function buildRules(
  thresholds: AlertThresholds,
  { durationFactor = 1 }: { readonly durationFactor?: number } = {},
): { recording: string; alerts: string } {
  const alerts: RuleGroup<Alert> = scaleDurations(alertGroup(thresholds), durationFactor);
  const recording = scaleDurations(RECORDING_GROUP, durationFactor);
  return {
    recording: ruleFile(recording, thresholds, 'Load together with llm-cost-alerts.yml, which reads these.'),
    alerts: ruleFile(
      alerts,
      thresholds,
      'Load together with llm-cost-recording.yml. Needs Prometheus 2.42 or later.',
    ),
  };
}

/** promtool unit tests of `buildRules(thresholds)`, by file name; they expect the rule files in the folder above. */
export function buildRuleTests(thresholds: AlertThresholds): Readonly<Record<string, string>> {
  const cases = alertCases(thresholds);
  const together = {
    ruleFiles: [`../${RECORDING_FILE}`, `../${ALERTS_FILE}`],
    groups: ['llm-cost-recording', 'llm-cost-alerts'],
  };
  const alone = { ruleFiles: [`../${ALERTS_FILE}`], groups: ['llm-cost-alerts'] };
  return {
    'minutes.test.yml': testFile({ input: 'minutes', ...together }, cases, thresholds),
    'days.test.yml': testFile({ input: 'days', ...together }, cases, thresholds),
    'boundaries.test.yml': testFile({ input: 'recorded', ...alone }, cases, thresholds),
  };
}

/** Every generated file: its text by its path under `alert-rules/generated`. */
export function generatedFiles(
  thresholds: AlertThresholds,
  routing: AlertmanagerOptions = {},
): ReadonlyMap<string, string> {
  const { recording, alerts } = buildRules(thresholds);
  const tests = Object.entries(buildRuleTests(thresholds));
  return new Map([
    [RECORDING_FILE, recording],
    [ALERTS_FILE, alerts],
    ['alertmanager.yml', buildAlertmanagerConfig(routing)],
    ...tests.map(([name, text]) => [`tests/${name}`, text] as const),
  ]);
}
