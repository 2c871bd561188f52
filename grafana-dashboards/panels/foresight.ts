import * as units from '@grafana/grafana-foundation-sdk/units';
import { lines, stackedLines } from '../lib/graph.ts';
import type { PanelFacts } from '../lib/panel.ts';
import { stat } from '../lib/stat.ts';
import { table } from '../lib/table.ts';
import { type Steps, ZERO_IS_GREEN } from '../lib/thresholds.ts';
import * as foresight from '../queries/foresight.ts';

const USD = { unit: units.Dollars, decimals: 2 } as const;
const NO_BAND = 'too little is known yet';
/** Half widths of the band: beyond 1 is outside. */
const SCORE: Steps = ['green', [1, 'red']];

export function outsideBand() {
  return stat(
    {
      id: 16,
      title: 'Costs above their band',
      description:
        'Tenants, and the organisation, whose last hours or last day cost more than their band allows.',
      unit: units.Short,
      decimals: 0,
      width: 4,
      height: 5,
      noValue: 'no exporter answers',
    },
    foresight.outsideBand,
    { steps: ZERO_IS_GREEN },
  );
}

export function forecastTable() {
  const { lower, middle, upper } = foresight.forecastTable;
  return table(
    {
      id: 51,
      title: 'Cost of the month by dimension',
      description:
        'What the current month is expected to cost in all, for the largest values of each dimension, with the 90 % band. What has too little history is not in it.',
      unit: units.Short,
      width: 24,
      height: 9,
      noValue: NO_BAND,
    },
    {
      labels: { dimension: 'Dimension', value: 'Value' },
      values: [
        { name: 'lower', title: 'At least', expr: lower, ...USD },
        { name: 'middle', title: 'Expected', expr: middle, ...USD },
        { name: 'upper', title: 'At most', expr: upper, ...USD },
      ],
      sortBy: 'Expected',
    },
  );
}

function band(facts: Pick<PanelFacts, 'id' | 'title' | 'description'>, window: '1h' | '1d') {
  const { cost, lower, middle, upper } = foresight.organisationBand(window);
  return lines(
    { ...facts, ...USD, width: 12, height: 9, noValue: NO_BAND },
    { cost, 'at least': lower, usual: middle, 'at most': upper },
  )
    .overrideByRegexp('/^at /', [{ id: 'custom.lineStyle', value: { fill: 'dash', dash: [10, 10] } }])
    .overrideByName('usual', [{ id: 'custom.lineStyle', value: { fill: 'dot', dash: [0, 8] } }]);
}

export function hourBand() {
  return band(
    {
      id: 61,
      title: 'The last hour and its band',
      description:
        'Cost of the organisation in the last whole hour, and what that hour of the week usually costs.',
    },
    '1h',
  );
}

export function dayBand() {
  return band(
    {
      id: 62,
      title: 'The last day and its band',
      description: 'Cost of the organisation in the last 24 whole hours, and what such a day usually costs.',
    },
    '1d',
  );
}

export function bandTable() {
  const { cost, lower, middle, upper, score } = foresight.bandTable;
  return table(
    {
      id: 63,
      title: 'Cost against what is usual',
      description:
        'The last window of each tenant and of the organisation. The score counts half widths of the band from its middle: above 1 is too much, below -1 too little.',
      unit: units.Short,
      width: 24,
      height: 9,
      noValue: NO_BAND,
    },
    {
      labels: { tenant_id: 'Tenant', window: 'Window' },
      values: [
        { name: 'cost', title: 'Cost', expr: cost, ...USD },
        { name: 'lower', title: 'At least', expr: lower, ...USD },
        { name: 'middle', title: 'Usual', expr: middle, ...USD },
        { name: 'upper', title: 'At most', expr: upper, ...USD },
        { name: 'score', title: 'Score', expr: score, unit: units.Short, decimals: 1, steps: SCORE },
      ],
      sortBy: 'Score',
    },
  );
}

export function score() {
  return lines(
    {
      id: 64,
      title: 'Score of the last hour',
      description:
        'Half widths of the band between its middle and the cost, by tenant: above 1 is out of line.',
      unit: units.Short,
      decimals: 1,
      width: 12,
      height: 8,
      noValue: NO_BAND,
    },
    { '{{tenant_id}}': foresight.scoreByTenant },
  );
}

export function anomalies() {
  return stackedLines(
    {
      id: 65,
      title: 'Anomalies by severity',
      description:
        'Windows that left their band within the time range. GET /api/v1/anomalies has each one with its first cause.',
      unit: units.Short,
      decimals: 0,
      width: 12,
      height: 8,
      noValue: 'none',
    },
    { '{{severity}}': foresight.anomaliesBySeverity },
  );
}
