import * as units from '@grafana/grafana-foundation-sdk/units';
import { table } from '../lib/table.ts';
import { billTable } from '../queries/bills.ts';

export function billDays() {
  const usd = { unit: units.Dollars, decimals: 2 } as const;
  return table(
    {
      id: 71,
      title: 'Bill and count by day',
      description:
        "The provider's bill of each UTC day beside what was counted. Drift is the bill less the count, of finished days. Tokens tell missing calls from wrong prices. Not narrowed by the usage variables.",
      unit: units.Short,
      width: 24,
      height: 8,
      noValue: 'no bill configured',
    },
    {
      labels: { provider: 'Provider', day: 'Day' },
      values: [
        { name: 'reported', title: 'Bill', expr: billTable.reported, ...usd },
        { name: 'computed', title: 'Counted', expr: billTable.computed, ...usd },
        { name: 'drift', title: 'Drift', expr: billTable.drift, ...usd },
        {
          name: 'driftRatio',
          title: 'Drift by bill',
          expr: billTable.driftRatio,
          unit: units.PercentUnit,
          decimals: 1,
        },
        {
          name: 'reportedTokens',
          title: 'Tokens of the provider',
          expr: billTable.reportedTokens,
          unit: units.Short,
        },
        {
          name: 'computedTokens',
          title: 'Tokens counted',
          expr: billTable.computedTokens,
          unit: units.Short,
        },
      ],
      sortBy: 'Day',
    },
  );
}
