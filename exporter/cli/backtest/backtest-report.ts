import { AMOUNTS_PER_UNIT } from '../../domain/budget.ts';
import { amountText } from '../amount-text.ts';
import { durationText, minuteText } from '../durations.ts';
import { section } from '../section.ts';
import { textTable } from '../text-table.ts';
import type { BudgetPeriod } from './budget-periods.ts';
import { judge, type Overrun } from './judge.ts';
import type { RulePlan } from './rule-plan.ts';
import type { Backtest, Firing } from './run-backtest.ts';

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What was found, for people and for machines. */
export function backtestReport(found: Backtest, plan: RulePlan, span: Span) {
  const verdict = judge(found);
  const { firings, periods, samples, took } = found;
  const sections = [
    `Replayed ${minuteText(span.fromMs)} to ${minuteText(span.toMs)} UTC: ${samples.toLocaleString('en')} samples, ` +
      `${plan.alerts.length} alerts, in ${durationText(1000 * (took.replay + took.rules + took.alerts))}.\n`,
    section('What fired', timeline(firings), 'nothing'),
    section('Budgets', budgetTable(periods), 'none configured'),
    section('Overruns, and what came before them', verdict.overruns.map(overrunText).join(''), 'none'),
    section('What each alert was worth', worthTable(verdict.worths), 'nothing fired'),
    section(
      'Not judged',
      plan.notJudged.map(({ alert, because }) => `${alert}: ${because}\n`).join(''),
      'nothing: every alert was evaluated',
    ),
  ];
  const json = {
    since: time(span.fromMs),
    until: time(span.toMs),
    samples,
    took_seconds: took,
    firings: firings.map(({ labels, pendingMs, firedMs, resolvedMs }) => ({
      labels,
      pending_at: time(pendingMs),
      fired_at: time(firedMs),
      resolved_at: resolvedMs === undefined ? null : time(resolvedMs),
    })),
    budget_periods: periods.map(periodJson),
    overruns: verdict.overruns.map(({ period, overrunMs, leads, isQuiet }) => ({
      budget: period.labels.budget,
      scope_id: period.labels.scope_id,
      period_start: time(period.period.startMs),
      overrun_at: time(overrunMs),
      quiet: isQuiet,
      alerts: leads.map(({ alert, firedMs, leadMs }) => ({
        alert,
        fired_at: time(firedMs),
        lead_seconds: leadMs / 1000,
      })),
    })),
    alerts: verdict.worths.map(({ alert, firings: count, rightly, inVain, open, aheadOf }) => ({
      alert,
      firings: count,
      in_overrun_periods: rightly,
      in_vain: inVain,
      in_open_periods: open,
      ahead_of_overruns: aheadOf,
    })),
    not_judged: plan.notJudged,
  };
  return { text: sections.join('\n'), json };
}

/** Firings of the same alert about the same that are told one by one; of more only how many there were. */
const TOLD_APART = 20;

function timeline(firings: readonly Firing[]): string {
  if (firings.length === 0) return '';
  const groups = Map.groupBy(firings, ({ labels }) => `${labels.alertname} ${aboutText(labels)}`);
  const rows = [...groups.values()].flatMap((group) =>
    group.length > TOLD_APART ? [group] : group.map((one) => [one]),
  );
  return textTable(
    ['fired (UTC)', 'resolved', 'lasted', 'severity', 'alert', 'about'],
    rows
      .sort(([a], [b]) => a!.firedMs - b!.firedMs)
      .map((group) => {
        const { labels, firedMs } = group[0]!;
        const { resolvedMs } = group.at(-1)!;
        const lasted = resolvedMs === undefined ? '' : durationText(resolvedMs - firedMs);
        return [
          minuteText(firedMs),
          resolvedMs === undefined ? 'still firing' : minuteText(resolvedMs),
          group.length > 1 ? `${group.length} times` : lasted,
          labels.severity ?? '',
          labels.alertname!,
          aboutText(labels),
        ];
      }),
  );
}

const UNTOLD = new Set(['alertname', 'severity', 'job', 'instance', 'scope', 'scope_id', 'period']);

/** The labels that tell one firing from another. */
export function aboutText(labels: Readonly<Record<string, string>>): string {
  const own = Object.entries(labels).filter(([name]) => !UNTOLD.has(name));
  const subject = labels.scope_id && !labels.budget?.includes(labels.scope_id) ? ` ${labels.scope_id}` : '';
  return own.map(([name, value]) => `${name}=${value}`).join(' ') + subject;
}

function budgetTable(periods: readonly BudgetPeriod[]): string {
  if (periods.length === 0) return '';
  return textTable(
    ['budget', 'period from', 'spent', 'limit', '', 'overrun at'],
    periods.map(({ labels, unit, period, spentAmount, limitAmount, overrunMs, beganOverrun, isOver }) => [
      nameOf(labels),
      minuteText(period.startMs),
      amountText(unit, spentAmount),
      amountText(unit, limitAmount),
      isOver ? '' : 'not over yet',
      overrunMs === undefined ? '' : beganOverrun ? 'before the replay' : minuteText(overrunMs),
    ]),
    [2, 3],
  );
}

function overrunText({ period, overrunMs, leads, isQuiet }: Overrun): string {
  const head = `${nameOf(period.labels)}: overrun ${minuteText(overrunMs)}${isQuiet ? ', and no alert before it' : ''}\n`;
  const rows = leads.map(
    ({ alert, firedMs, leadMs }) =>
      `  ${minuteText(firedMs)}  ${leadMs > 0 ? `${durationText(leadMs)} before` : `${durationText(-leadMs)} after`}  ${alert}\n`,
  );
  return head + rows.join('');
}

function worthTable(worths: ReturnType<typeof judge>['worths']): string {
  if (worths.length === 0) return '';
  return textTable(
    ['alert', 'fired', 'in overrun periods', 'in vain', 'in open periods', 'ahead of overruns'],
    worths.map(({ alert, firings, rightly, inVain, open, aheadOf }) => {
      const isBudget = rightly + inVain + open > 0;
      const counts = isBudget ? [rightly, inVain, open, aheadOf].map(String) : ['-', '-', '-', '-'];
      return [alert, String(firings), ...counts];
    }),
    [1, 2, 3, 4, 5],
  );
}

function nameOf({ budget, scope_id: scopeId }: Readonly<Record<string, string>>): string {
  return scopeId && !budget!.includes(scopeId) ? `${budget} (${scopeId})` : budget!;
}

function periodJson({ labels, unit, isHard, period, ...rest }: BudgetPeriod) {
  const units = (amount: number) => amount / AMOUNTS_PER_UNIT[unit];
  return {
    ...labels,
    unit,
    enforcement: isHard ? 'hard' : 'soft',
    start: time(period.startMs),
    end: Number.isFinite(period.endMs) ? time(period.endMs) : null,
    limit: units(rest.limitAmount),
    spent: units(rest.spentAmount),
    overrun_at: rest.overrunMs === undefined ? null : time(rest.overrunMs),
    overrun_before_replay: rest.beganOverrun,
    over: rest.isOver,
  };
}

function time(atMs: number): string {
  return new Date(atMs).toISOString();
}
