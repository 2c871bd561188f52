import { family } from '../../publish/catalogue.ts';
import { durationMs } from '../durations.ts';
import { metricNames } from './metric-names.ts';
import type { AlertRule, RecordingRule, RuleSet } from './rule-files.ts';

/** What has to be evaluated, and what cannot be. */
export interface RulePlan {
  /** Rules of one level read families and what the levels before recorded. */
  readonly levels: readonly (readonly RecordingRule[])[];
  readonly alerts: readonly AlertRule[];
  /** The ledger does not tell what these read. */
  readonly notJudged: readonly { readonly alert: string; readonly because: string }[];
  /** To be replayed: all that the rules above read. */
  readonly families: ReadonlySet<string>;
  /** How far back the alerts look, through all that is recorded for them. */
  readonly reachMs: number;
}

interface Need {
  readonly families: ReadonlySet<string>;
  readonly recordings: ReadonlySet<RecordingRule>;
  readonly level: number;
  readonly reachMs: number;
  /** Why it cannot be evaluated. */
  readonly problem: string | undefined;
}

const NOTHING: Need = {
  families: new Set(),
  recordings: new Set(),
  level: 0,
  reachMs: 0,
  problem: undefined,
};

/** `replayed`: the families that a replay of the ledger gives, beside `up`. */
export function planRules(rules: RuleSet, replayed: ReadonlySet<string>): RulePlan {
  const recordingsOf = Map.groupBy(rules.recordings, ({ record }) => record);
  const known = new Map<string, Need>();

  function needOfName(name: string, trail: readonly string[]): Need {
    const found = known.get(name);
    if (found) return found;
    const need = needOfUnknown(name, trail);
    known.set(name, need);
    return need;
  }

  function needOfUnknown(name: string, trail: readonly string[]): Need {
    if (name === 'up') return NOTHING;
    const recordings = recordingsOf.get(name);
    if (!recordings) {
      const familyName = familyOf(name, replayed);
      if (familyName !== undefined) return { ...NOTHING, families: new Set([familyName]) };
      return { ...NOTHING, problem: `it reads ${name}, which the ledger does not tell` };
    }
    if (trail.includes(name)) return { ...NOTHING, problem: `${name} is recorded from itself` };
    const needs = recordings.map((rule) => needOf(rule.expression, [...trail, name]));
    const all = combined(needs);
    return { ...all, recordings: new Set([...all.recordings, ...recordings]), level: all.level + 1 };
  }

  function needOf(expression: string, trail: readonly string[]): Need {
    try {
      const names = metricNames(expression);
      const all = combined([...names].map((name) => needOfName(name, trail)));
      return { ...all, reachMs: all.reachMs + reachOf(expression) };
    } catch (error) {
      return { ...NOTHING, problem: (error as Error).message };
    }
  }

  const alerts: AlertRule[] = [];
  const notJudged: { alert: string; because: string }[] = [];
  const needs: Need[] = [];
  for (const rule of rules.alerts) {
    const need = needOf(rule.expression, []);
    const because =
      need.problem ?? (need.families.size === 0 ? 'it reads nothing that the ledger tells' : undefined);
    if (because !== undefined) {
      notJudged.push({ alert: rule.alert, because });
      continue;
    }
    alerts.push(rule);
    needs.push(need);
  }
  const all = combined(needs);
  const levelOf = ({ record }: RecordingRule) => known.get(record)!.level;
  const levels = Array.from({ length: all.level }, (_, index) =>
    rules.recordings.filter((rule) => all.recordings.has(rule) && levelOf(rule) === index + 1),
  );
  return { levels, alerts, notJudged, families: all.families, reachMs: all.reachMs };
}

/** The family of a metric, be it a histogram's `_bucket`; undefined if it is not replayed. */
function familyOf(name: string, replayed: ReadonlySet<string>): string | undefined {
  if (replayed.has(name)) return name;
  const base = name.replace(/_(bucket|sum|count)$/, '');
  return replayed.has(base) && family(base).type === 'histogram' ? base : undefined;
}

function combined(needs: readonly Need[]): Need {
  return needs.reduce(
    (all, need) => ({
      families: new Set([...all.families, ...need.families]),
      recordings: new Set([...all.recordings, ...need.recordings]),
      level: Math.max(all.level, need.level),
      reachMs: Math.max(all.reachMs, need.reachMs),
      problem: all.problem ?? need.problem,
    }),
    NOTHING,
  );
}

/** At least as far as any selector of the expression looks back: its longest range and its longest offset. */
function reachOf(expression: string): number {
  const longest = (pattern: RegExp) =>
    Math.max(0, ...[...expression.matchAll(pattern)].map(([, text]) => durationMs(text!) ?? 0));
  return longest(/\[\s*(\w+)/g) + longest(/\boffset\s+(\w+)/g);
}
