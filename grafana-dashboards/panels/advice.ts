import * as units from '@grafana/grafana-foundation-sdk/units';
import { stat } from '../lib/stat.ts';
import { table } from '../lib/table.ts';
import { ZERO_IS_GREEN } from '../lib/thresholds.ts';
import * as opportunities from '../queries/opportunities.ts';
import * as unpriced from '../queries/unpriced.ts';

export function unpricedCalls() {
  return stat(
    {
      id: 15,
      title: 'Unpriced calls',
      description:
        'Calls of the time range for which no price is known. They cost something that no number on this dashboard contains. 0 is green.',
      unit: units.Short,
      decimals: 0,
      width: 4,
      height: 5,
      noValue: 'no exporter answers',
    },
    unpriced.unpricedRequests,
    { steps: ZERO_IS_GREEN, loud: true },
  );
}

export function unpricedTable() {
  return table(
    {
      id: 62,
      title: 'Usage without a price',
      description:
        'What to add to the price overlay, over the time range. Empty is good: every call had a price.',
      unit: units.Short,
      width: 8,
      height: 8,
      noValue: 'every call had a price',
    },
    {
      labels: { provider: 'Provider', model: 'Model', reason: 'Reason' },
      values: [
        {
          name: 'requests',
          title: 'Calls',
          expr: unpriced.unpricedTable.requests,
          unit: units.Short,
          decimals: 0,
        },
        { name: 'tokens', title: 'Tokens', expr: unpriced.unpricedTable.tokens, unit: units.Short },
      ],
      sortBy: 'Tokens',
    },
  );
}

export function openSavings() {
  return stat(
    {
      id: 16,
      title: 'Possible savings per month',
      description:
        'Sum of the optimisation opportunities below. They may overlap: two of them can be about the same call.',
      unit: units.Dollars,
      decimals: 0,
      width: 4,
      height: 5,
      noValue: 'none found',
    },
    opportunities.openSavingsUsdPerMonth,
    { steps: ['green'] },
  );
}

export function opportunityTable() {
  const { savings, confidence } = opportunities.opportunityTable;
  return table(
    {
      id: 61,
      title: 'Optimisation opportunities',
      description:
        'Estimated savings with the effort and the risk of doing it, and how sure the estimate is. Not narrowed by the variables.',
      unit: units.Short,
      width: 16,
      height: 8,
      noValue: 'none found',
    },
    {
      labels: { strategy: 'Strategy', target: 'Target', effort: 'Effort', risk: 'Risk' },
      values: [
        { name: 'savings', title: 'USD per month', expr: savings, unit: units.Dollars, decimals: 2 },
        { name: 'confidence', title: 'Confidence', expr: confidence, unit: units.PercentUnit, decimals: 0 },
      ],
      sortBy: 'USD per month',
    },
  );
}
