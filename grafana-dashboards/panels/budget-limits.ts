import * as units from '@grafana/grafana-foundation-sdk/units';
import { bars } from '../lib/bars.ts';
import { lines, stackedLines } from '../lib/graph.ts';
import { stat } from '../lib/stat.ts';
import { table } from '../lib/table.ts';
import { BUDGET_SHARE, ZERO_IS_GREEN } from '../lib/thresholds.ts';
import * as budgets from '../queries/budgets.ts';

const NUMBER = {
  unit: units.Short,
  decimals: 0,
  width: 4,
  height: 5,
  noValue: 'no exporter answers',
} as const;

export function subjectsOverLimit() {
  return stat(
    {
      ...NUMBER,
      id: 14,
      title: 'Subjects overspent',
      description: 'Users, tenants or others that are over what a budget gives to each, all of them counted.',
    },
    budgets.subjectsOverLimit,
    { steps: ZERO_IS_GREEN },
  );
}

export function blockedCalls() {
  return stat(
    {
      ...NUMBER,
      id: 15,
      title: 'Calls refused',
      description: 'Calls of the time range that asked a hard budget first and were told no.',
    },
    budgets.blockedCalls,
    { steps: ZERO_IS_GREEN },
  );
}

export function thresholdTable() {
  const share = { unit: units.PercentUnit, decimals: 1 } as const;
  return table(
    {
      id: 41,
      title: 'Thresholds',
      description: 'How much of the limit is left until each threshold; below zero it has been reached.',
      unit: units.Short,
      width: 12,
      height: 9,
      noValue: 'no budget',
    },
    {
      labels: {
        budget: 'Budget',
        scope: 'Scope',
        scope_id: 'Whose',
        period: 'Period',
        threshold: 'Threshold (%)',
      },
      values: [
        { name: 'threshold', title: 'Of the limit', expr: budgets.thresholdTable.threshold, ...share },
        {
          name: 'left',
          title: 'Left until then',
          expr: budgets.thresholdTable.left,
          ...share,
          steps: ['orange', [0, 'green']],
        },
      ],
      sortBy: 'Left until then',
    },
  );
}

export function answers() {
  return stackedLines(
    {
      id: 42,
      title: 'Answers of hard budgets',
      description:
        'Calls per second that asked whether they may run, by the answer: allow, throttle or block.',
      unit: units.CountsPerSecond,
      width: 12,
      height: 9,
      noValue: 'nobody asked',
    },
    { '{{budget}} {{decision}}': budgets.answersPerSecond },
  );
}

export function reserved() {
  return lines(
    {
      id: 43,
      title: 'Reserved',
      description:
        'USD promised to calls under way. What stays up is neither settled nor released by its sender.',
      unit: units.Dollars,
      decimals: 2,
      width: 8,
      height: 8,
      noValue: 'no budget in USD',
    },
    { '{{budget}} {{scope_id}}': budgets.reservedUsd },
  );
}

export function topSubjects() {
  return bars(
    {
      id: 44,
      title: 'Top subjects',
      description:
        'Those that have used most of what a budget gives to each. The others are in the API, GET /api/v1/budgets/<name>/subjects.',
      unit: units.PercentUnit,
      decimals: 1,
      width: 8,
      height: 8,
      noValue: 'no budget for each of something',
    },
    '{{budget}} {{scope_id}}',
    budgets.topSubjects,
    BUDGET_SHARE,
  ).max(1);
}

export function subjectTable() {
  return table(
    {
      id: 45,
      title: 'Subjects',
      description:
        'How many a budget for each of something has seen in its period, and how many are over theirs.',
      unit: units.Short,
      width: 8,
      height: 8,
      noValue: 'no budget for each of something',
    },
    {
      labels: { budget: 'Budget' },
      values: [
        { name: 'subjects', title: 'Subjects', expr: budgets.subjectTable.subjects, unit: units.Short },
        { name: 'overLimit', title: 'Overspent', expr: budgets.subjectTable.overLimit, unit: units.Short },
      ],
      sortBy: 'Subjects',
    },
  );
}
