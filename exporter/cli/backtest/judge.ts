import type { BudgetPeriod } from './budget-periods.ts';
import type { Backtest, Firing } from './run-backtest.ts';

/** An alert about a budget's period: how long before the overrun it fired. Negative: after it. */
export interface Lead {
  readonly alert: string;
  readonly firedMs: number;
  readonly leadMs: number;
}

export interface Overrun {
  readonly period: BudgetPeriod;
  readonly overrunMs: number;
  /** The first firing of each alert in the period up to its end, the earliest first. */
  readonly leads: readonly Lead[];
  /** No alert came before it. */
  readonly isQuiet: boolean;
}

/** What one alert was worth. */
export interface AlertWorth {
  readonly alert: string;
  readonly firings: number;
  /** About budgets: in periods that were overrun, in periods that were not, and in those that are not over. */
  readonly rightly: number;
  readonly inVain: number;
  readonly open: number;
  /** Overruns that it fired before. */
  readonly aheadOf: number;
}

export interface Verdict {
  readonly overruns: readonly Overrun[];
  readonly worths: readonly AlertWorth[];
}

/** Sets what fired against what was spent. */
export function judge({ firings, periods }: Pick<Backtest, 'firings' | 'periods'>): Verdict {
  const overruns = periods.flatMap((period): Overrun[] => {
    const { overrunMs, beganOverrun } = period;
    if (overrunMs === undefined || beganOverrun) return [];
    const leads = firstOfEach(firings.filter((firing) => isAbout(firing, period))).map(
      ({ rule, firedMs }): Lead => ({ alert: rule.alert, firedMs, leadMs: overrunMs - firedMs }),
    );
    return [{ period, overrunMs, leads, isQuiet: !leads.some(({ leadMs }) => leadMs > 0) }];
  });
  const worths = [...Map.groupBy(firings, ({ rule }) => rule.alert)].map(([alert, ofAlert]): AlertWorth => {
    const count = (is: (period: BudgetPeriod) => boolean) =>
      ofAlert.filter((firing) => {
        const about = periods.filter((period) => isAbout(firing, period));
        return (
          about.length > 0 && is(about.find(({ overrunMs }) => overrunMs !== undefined) ?? about.at(-1)!)
        );
      }).length;
    return {
      alert,
      firings: ofAlert.length,
      rightly: count(({ overrunMs }) => overrunMs !== undefined),
      inVain: count(({ overrunMs, isOver }) => overrunMs === undefined && isOver),
      open: count(({ overrunMs, isOver }) => overrunMs === undefined && !isOver),
      aheadOf: overruns.filter(({ leads }) => leads.some((lead) => lead.alert === alert && lead.leadMs > 0))
        .length,
    };
  });
  return { overruns, worths };
}

/** Fired in the period and has the labels of its budget, as far as it has such labels; `budget` at least. */
function isAbout({ labels, firedMs }: Firing, { labels: budget, period }: BudgetPeriod): boolean {
  if (labels.budget === undefined || firedMs < period.startMs || firedMs >= period.endMs) return false;
  return Object.entries(budget).every(
    ([name, value]) => labels[name] === undefined || labels[name] === value,
  );
}

function firstOfEach(firings: readonly Firing[]): Firing[] {
  const first = new Map<string, Firing>();
  for (const firing of firings) if (!first.has(firing.rule.alert)) first.set(firing.rule.alert, firing);
  return [...first.values()];
}
