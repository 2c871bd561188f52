export type Severity = 'critical' | 'warning' | 'info' | 'none';

export interface RecordingRule {
  /** `level:metric:operations`. */
  readonly record: string;
  /** The labels that the recorded series carry; `expr` aggregates by exactly these. */
  readonly labels: readonly string[];
  readonly expr: string;
  /** Printed above the rule: what it holds, and the trap that it avoids. */
  readonly comment: string;
}

export interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly forSeconds: number;
  /** Only where the condition may flap: it delays the resolved message by as much. */
  readonly keepFiringForSeconds?: number;
  readonly severity: Severity;
  /** Besides the expression's own labels and `severity`; Prometheus drops a label that renders empty. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Names, never numbers: a summary that changes makes one problem look like many. */
  readonly summary: string;
  readonly description: string;
  readonly dashboard: DashboardUid;
  readonly comment: string;
}

/** `uid` of the generated dashboard that shows the symptom. */
export type DashboardUid = 'llm-cost-overview' | 'llm-cost-budgets' | 'llm-cost-exporter-health';

export interface RuleGroup<Rule extends RecordingRule | Alert = RecordingRule | Alert> {
  readonly name: string;
  readonly intervalSeconds: number;
  readonly rules: readonly Rule[];
}

/**
 * The same group with how often it is evaluated and how long alerts wait multiplied by `factor`, and nothing else:
 * windows inside expressions stay. What was positive stays at least one second.
 */
export function scaleDurations<Rule extends RecordingRule | Alert>(
  group: RuleGroup<Rule>,
  factor: number,
): RuleGroup<Rule> {
  const scaled = (seconds: number) => scaleSeconds(seconds, factor);
  const rules = group.rules.map((rule) => {
    if (!('alert' in rule)) return rule;
    const forSeconds = scaled(rule.forSeconds);
    return rule.keepFiringForSeconds === undefined
      ? { ...rule, forSeconds }
      : { ...rule, forSeconds, keepFiringForSeconds: scaled(rule.keepFiringForSeconds) };
  });
  return { ...group, intervalSeconds: scaled(group.intervalSeconds), rules };
}

/** Whole seconds; what was positive stays at least 1. */
export function scaleSeconds(seconds: number, factor: number): number {
  if (!(factor > 0)) throw new RangeError(`duration factor: got ${factor}, expected a positive number`);
  return seconds === 0 ? 0 : Math.max(1, Math.round(seconds * factor));
}
