import type { BudgetRun, Compared, WhatIf } from '../../app/what-if.ts';
import { AMOUNTS_PER_UNIT } from '../../domain/budget.ts';
import { scopeIdLabel } from '../../domain/budget-scope.ts';
import { usdFromNanoUsd } from '../../domain/money.ts';
import { periodLabel } from '../../domain/period.ts';
import { amountText } from '../amount-text.ts';
import { minuteText } from '../durations.ts';
import { section } from '../section.ts';
import { textTable } from '../text-table.ts';

interface Sums extends Omit<Compared, 'tenantId' | 'provider' | 'model' | 'simulatedAs'> {}

const ASSUMPTION =
  'Assumed: another model takes the same tokens, and nobody calls more or less because of the price.';

/** What was simulated, for people and for machines. */
export function simulateReport(
  found: WhatIf,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
) {
  const { compared, budgets, rollingBudgets } = found;
  const total = sumOf(compared);
  const byModel = groupsOf(compared, ({ provider, model, simulatedAs }) => {
    const name = `${provider}/${model}`;
    return simulatedAs === name ? name : `${name} → ${simulatedAs}`;
  });
  const byTenant = groupsOf(compared, ({ tenantId }) => tenantId || '(none)');
  const text = [
    `${minuteText(fromMs)} to ${minuteText(toMs)} UTC: ${total.calls.toLocaleString('en')} calls, ${summaryOf(total)}\n${ASSUMPTION}\n${notesOf(total, rollingBudgets)}`,
    section('By model', comparison('model', byModel), 'no calls'),
    section('By tenant', comparison('tenant', byTenant), 'no calls'),
    section('Budgets', budgetTable(budgets), 'none with a calendar period'),
  ].join('\n');
  const json = {
    since: new Date(fromMs).toISOString(),
    until: new Date(toMs).toISOString(),
    assumption: ASSUMPTION,
    total: sumsJson(total),
    by_model: compared.length === 0 ? [] : modelsJson(compared),
    by_tenant: byTenant.map(([tenant, sums]) => ({
      tenant_id: tenant === '(none)' ? '' : tenant,
      ...sumsJson(sums),
    })),
    budgets: budgets.map(budgetJson),
    budgets_not_simulated: rollingBudgets,
  };
  return { text, json };
}

function summaryOf({ actualNanoUsd, simulatedNanoUsd }: Sums): string {
  return `${usd(actualNanoUsd)} as they were and ${usd(simulatedNanoUsd)} as simulated: ${savings(actualNanoUsd, simulatedNanoUsd)}.`;
}

function savings(actualNanoUsd: number, simulatedNanoUsd: number): string {
  const saved = actualNanoUsd - simulatedNanoUsd;
  const share = actualNanoUsd === 0 ? '' : ` (${((100 * Math.abs(saved)) / actualNanoUsd).toFixed(1)} %)`;
  if (saved === 0) return 'the same';
  return saved > 0 ? `${usd(saved)}${share} less` : `${usd(-saved)}${share} more`;
}

/** What the sums leave out, and what they could not change. */
function notesOf(total: Sums, rollingBudgets: readonly string[]): string {
  const notes: string[] = [];
  const calls = (count: number) => `${count.toLocaleString('en')} ${count === 1 ? 'call' : 'calls'}`;
  if (total.unpricedCalls > 0)
    notes.push(
      `${calls(total.unpricedCalls)} could not be priced: they are in no sum, and not free. By the ledger they cost ${usd(total.unpricedActualNanoUsd)}, without those that it has no price for either.`,
    );
  if (total.newlyPricedCalls > 0)
    notes.push(
      `${calls(total.newlyPricedCalls)} had no price and would cost ${usd(total.newlyPricedNanoUsd)}: they are in no sum, as what they did cost is not known.`,
    );
  if (total.reportedCalls > 0)
    notes.push(`${calls(total.reportedCalls)} came with their cost, which is kept on both sides.`);
  if (rollingBudgets.length > 0)
    notes.push(`Budgets of rolling days are not simulated: ${rollingBudgets.join(', ')}.`);
  return notes.map((note) => `${note}\n`).join('');
}

function comparison(name: string, groups: readonly (readonly [string, Sums])[]): string {
  if (groups.length === 0) return '';
  return textTable(
    [name, 'calls', 'actual', 'simulated', 'difference', 'no price'],
    groups.map(([key, sums]) => [
      key,
      sums.calls.toLocaleString('en'),
      // Where no call is in both sums they say nothing.
      ...(sums.unpricedCalls + sums.newlyPricedCalls === sums.calls
        ? ['-', '-', '-']
        : [
            usd(sums.actualNanoUsd),
            usd(sums.simulatedNanoUsd),
            signed(sums.simulatedNanoUsd - sums.actualNanoUsd),
          ]),
      sums.unpricedCalls === 0 ? '' : `${sums.unpricedCalls.toLocaleString('en')} calls`,
    ]),
    [1, 2, 3, 4, 5],
  );
}

function budgetTable(runs: readonly BudgetRun[]): string {
  if (runs.length === 0) return '';
  return textTable(
    ['budget', 'period from', 'spent', 'limit', 'used', 'exhausted', 'blocked', ''],
    runs.map((run) => {
      const { definition, subject, period, spentAmount, limitAmount, exhaustedMs, blocked } = run;
      const notes = [
        ...(run.isOver ? [] : ['not over yet']),
        ...(run.unpricedCalls > 0 && definition.unit === 'usd'
          ? [`at least: ${run.unpricedCalls.toLocaleString('en')} calls without a price`]
          : []),
      ];
      return [
        subject === undefined ? definition.name : `${definition.name} (${subject})`,
        minuteText(period.startMs),
        amountText(definition.unit, spentAmount),
        amountText(definition.unit, limitAmount),
        `${((100 * spentAmount) / limitAmount).toFixed(1)} %`,
        exhaustedMs === undefined ? '' : minuteText(exhaustedMs),
        blocked
          ? `${blocked.calls.toLocaleString('en')} calls, ${usd(blocked.nanoUsd)}, from ${minuteText(blocked.firstMs)}`
          : '',
        notes.join('; '),
      ];
    }),
    [2, 3, 4],
  );
}

/** The dearest first. */
function groupsOf(
  compared: readonly Compared[],
  keyOf: (one: Compared) => string,
): (readonly [string, Sums])[] {
  return [...Map.groupBy(compared, keyOf)]
    .map(([key, ones]) => [key, sumOf(ones)] as const)
    .sort(([, a], [, b]) => b.actualNanoUsd - a.actualNanoUsd || b.calls - a.calls);
}

function sumOf(ones: readonly Sums[]): Sums {
  const add = (field: keyof Sums) => ones.reduce((sum, one) => sum + one[field], 0);
  return {
    calls: add('calls'),
    actualNanoUsd: add('actualNanoUsd'),
    simulatedNanoUsd: add('simulatedNanoUsd'),
    reportedCalls: add('reportedCalls'),
    unpricedCalls: add('unpricedCalls'),
    unpricedActualNanoUsd: add('unpricedActualNanoUsd'),
    newlyPricedCalls: add('newlyPricedCalls'),
    newlyPricedNanoUsd: add('newlyPricedNanoUsd'),
  };
}

function modelsJson(compared: readonly Compared[]) {
  return groupsOf(compared, ({ provider, model, simulatedAs }) =>
    [provider, model, simulatedAs].join('\0'),
  ).map(([key, sums]) => {
    const [provider, model, simulatedAs] = key.split('\0');
    return { provider, model, simulated_as: simulatedAs, ...sumsJson(sums) };
  });
}

function sumsJson(sums: Sums) {
  return {
    calls: sums.calls,
    actual_usd: usdFromNanoUsd(sums.actualNanoUsd),
    simulated_usd: usdFromNanoUsd(sums.simulatedNanoUsd),
    saved_usd: usdFromNanoUsd(sums.actualNanoUsd - sums.simulatedNanoUsd),
    reported_calls: sums.reportedCalls,
    unpriced_calls: sums.unpricedCalls,
    unpriced_actual_usd: usdFromNanoUsd(sums.unpricedActualNanoUsd),
    newly_priced_calls: sums.newlyPricedCalls,
    newly_priced_usd: usdFromNanoUsd(sums.newlyPricedNanoUsd),
  };
}

function budgetJson({ definition, subject, period, blocked, exhaustedMs, ...run }: BudgetRun) {
  const units = (amount: number) => amount / AMOUNTS_PER_UNIT[definition.unit];
  const time = (atMs: number) => new Date(atMs).toISOString();
  return {
    budget: definition.name,
    scope_id: scopeIdLabel(definition.scope, subject),
    period: periodLabel(definition.period),
    unit: definition.unit,
    enforcement: definition.isHard ? 'hard' : 'soft',
    start: time(period.startMs),
    end: time(period.endMs),
    limit: units(run.limitAmount),
    spent: units(run.spentAmount),
    exhausted_at: exhaustedMs === undefined ? null : time(exhaustedMs),
    blocked: blocked
      ? {
          first_at: time(blocked.firstMs),
          calls: blocked.calls,
          amount: units(blocked.amount),
          usd: usdFromNanoUsd(blocked.nanoUsd),
        }
      : null,
    unpriced_calls: run.unpricedCalls,
    over: run.isOver,
  };
}

function usd(nanoUsd: number): string {
  return amountText('usd', nanoUsd);
}

function signed(nanoUsd: number): string {
  return nanoUsd > 0 ? `+${usd(nanoUsd)}` : usd(nanoUsd);
}
