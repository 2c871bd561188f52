import * as units from '@grafana/grafana-foundation-sdk/units';
import { bars } from '../lib/bars.ts';
import { dailyBars, stackedLines } from '../lib/graph.ts';
import { stat } from '../lib/stat.ts';
import { table } from '../lib/table.ts';
import { NEUTRAL } from '../lib/thresholds.ts';
import * as cost from '../queries/cost.ts';

const NUMBER = { unit: units.Dollars, decimals: 2, width: 4, height: 5 } as const;

export function currentMonthCost() {
  return stat(
    {
      ...NUMBER,
      id: 11,
      title: 'Month to date',
      description:
        "Cost since the first of the month in the exporter's time zone, whatever the dashboard's time range. Unpriced usage is not in it.",
    },
    cost.monthToDateUsd,
    { steps: NEUTRAL },
  );
}

export function spentInRange() {
  return stat(
    {
      ...NUMBER,
      id: 12,
      title: 'Spent in the time range',
      description:
        'Growth of the cost counters over the time range. Prometheus extrapolates at the edges; exact sums are in the ledger.',
    },
    cost.spentUsd,
    { steps: NEUTRAL },
  );
}

export function lastHour() {
  return stat(
    {
      ...NUMBER,
      id: 13,
      title: 'Last 60 minutes',
      description:
        "The exporter's own sum over the last hour. It knows tenants and categories, so the model and environment variables do not narrow it.",
    },
    cost.lastHourUsd,
    { steps: NEUTRAL },
  );
}

export function dailyTrend() {
  return dailyBars(
    {
      id: 31,
      title: 'Daily cost by category',
      description:
        'One bar per UTC day, standing under the day that it counts; the last one is today so far. Always 30 days.',
      unit: units.Dollars,
      width: 12,
      height: 9,
    },
    { '{{category}}': cost.dailyUsdByCategory },
    30,
  );
}

export function costByModel() {
  return stackedLines(
    {
      id: 32,
      title: 'Cost by model',
      description: 'USD per hour. GPU-hours are shown under the name of the GPU.',
      unit: units.Dollars,
      width: 12,
      height: 9,
    },
    { '{{model}}': cost.usdPerHourByModel },
  );
}

const TOP = { unit: units.Dollars, decimals: 2, width: 8, height: 9 } as const;

export function topTenants() {
  return bars(
    {
      ...TOP,
      id: 33,
      title: 'Top 10 tenants',
      description: 'Cost over the time range. "(no tenant_id)" is usage sent without a tenant.',
    },
    '{{tenant_id}}',
    cost.topSpenders('tenant_id'),
    NEUTRAL,
  );
}

export function topTeams() {
  return bars(
    {
      ...TOP,
      id: 34,
      title: 'Top 10 teams',
      description: 'Cost over the time range. "(no team)" is usage sent without a team.',
    },
    '{{team}}',
    cost.topSpenders('team'),
    NEUTRAL,
  );
}

export function topFeatures() {
  return bars(
    {
      ...TOP,
      id: 35,
      title: 'Top 10 features',
      description: 'Cost over the time range. "(no feature)" is usage sent without a feature.',
    },
    '{{feature}}',
    cost.topSpenders('feature'),
    NEUTRAL,
  );
}

export function models() {
  return table(
    {
      id: 36,
      title: 'Models',
      description:
        'Cost, calls and tokens over the time range, and what one call and a million tokens cost. GPU-hours stand under the name of the GPU, without calls and tokens.',
      unit: units.Short,
      width: 24,
      height: 9,
    },
    {
      labels: { provider: 'Provider', model: 'Model' },
      values: [
        { name: 'cost', title: 'Cost', expr: cost.modelTable.cost, unit: units.Dollars, decimals: 2 },
        { name: 'requests', title: 'Calls', expr: cost.modelTable.requests, unit: units.Short },
        { name: 'tokens', title: 'Tokens', expr: cost.modelTable.tokens, unit: units.Short },
        {
          name: 'perRequest',
          title: 'Per call',
          expr: cost.modelTable.perRequest,
          unit: units.Dollars,
          decimals: 4,
        },
        {
          name: 'perMillion',
          title: 'Per 1M tokens',
          expr: cost.modelTable.perMillion,
          unit: units.Dollars,
          decimals: 2,
        },
      ],
      sortBy: 'Cost',
    },
  );
}
