import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { ConfigError } from '../../domain/errors.ts';
import { durationMs } from '../durations.ts';

interface Rule {
  /** PromQL. */
  readonly expression: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Between evaluations. */
  readonly intervalMs: number;
}

export interface RecordingRule extends Rule {
  readonly record: string;
}

export interface AlertRule extends Rule {
  readonly alert: string;
  /** `for`. */
  readonly holdMs: number;
  readonly keepFiringMs: number;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface RuleSet {
  readonly recordings: readonly RecordingRule[];
  readonly alerts: readonly AlertRule[];
}

/** Of a group that names none: Prometheus's own default. */
const DEFAULT_INTERVAL_MS = 60_000;

const duration = z.string().transform((text, context) => {
  const ms = durationMs(text);
  if (ms !== undefined) return ms;
  context.issues.push({ code: 'custom', message: 'expected a duration such as 5m', input: text });
  return z.NEVER;
});
const texts = z.record(z.string(), z.coerce.string()).nullish();
const expression = z.union([z.string(), z.number()]).transform(String);

/** Keys that are not named here change nothing of what a backtest asks for. */
const ruleFile = z.object({
  groups: z.array(
    z.object({
      name: z.string(),
      interval: duration.refine((ms) => ms > 0, 'expected more than 0').optional(),
      labels: texts,
      rules: z.array(
        z.union([
          z.object({ record: z.string(), expr: expression, labels: texts }),
          z.object({
            alert: z.string(),
            expr: expression,
            labels: texts,
            annotations: texts,
            for: duration.optional(),
            keep_firing_for: duration.optional(),
          }),
        ]),
      ),
    }),
  ),
});

/** The rules of all files, in their order. Throws `ConfigError` with a line for every mistake. */
export function readRuleFiles(paths: readonly string[]): RuleSet {
  const recordings: RecordingRule[] = [];
  const alerts: AlertRule[] = [];
  const problems: string[] = [];
  for (const path of paths) {
    const result = ruleFile.safeParse(readYaml(path, problems));
    if (!result.success) {
      problems.push(
        ...result.error.issues.map((issue) => `${path}: ${issue.path.join('.')}: ${issue.message}`),
      );
      continue;
    }
    for (const group of result.data.groups) {
      for (const rule of group.rules) {
        const common = {
          expression: rule.expr,
          labels: { ...group.labels, ...rule.labels },
          intervalMs: group.interval ?? DEFAULT_INTERVAL_MS,
        };
        if ('record' in rule) recordings.push({ ...common, record: rule.record });
        else
          alerts.push({
            ...common,
            alert: rule.alert,
            holdMs: rule.for ?? 0,
            keepFiringMs: rule.keep_firing_for ?? 0,
            annotations: rule.annotations ?? {},
          });
      }
    }
  }
  if (problems.length === 0 && alerts.length === 0)
    problems.push(`${paths.join(', ')}: no alert in it, so there is nothing to backtest`);
  if (problems.length > 0) throw new ConfigError(problems);
  return { recordings, alerts };
}

function readYaml(path: string, problems: string[]): unknown {
  try {
    return parse(readFileSync(path, 'utf8'));
  } catch (error) {
    problems.push(`${path}: cannot be read: ${(error as Error).message}`);
    return { groups: [] };
  }
}
