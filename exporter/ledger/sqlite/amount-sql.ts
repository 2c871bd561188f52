import { amountOf, type BudgetUnit } from '../../domain/budget.ts';
import { emptyPerMeter, METERS, type Meter } from '../../domain/meters.ts';
import { METER_COLUMNS } from './charge-row.ts';
import { MEASURES } from './rollup-buffer.ts';

/** Measures of the rollups that are costs, but of what was not spent or is a second telling. */
const NOT_SPENT = MEASURES.slice(METERS.length);
const IS_SPENT = NOT_SPENT.map((measure) => `meter <> '${measure}'`).join(' AND ');

/** The quantity of a row of `charge`. */
export function storedQuantity(meter: Meter): string {
  return (METER_COLUMNS as readonly string[]).includes(meter)
    ? meter
    : `coalesce(details ->> '$.meters.${meter}', 0)`;
}

/** The amount of a row of `charge`. */
export function storedAmount(unit: BudgetUnit): string {
  if (unit === 'usd') return 'cost_nano_usd';
  const columns: string[] = [];
  const details: string[] = [];
  for (const [meter, weight] of weightsOf(unit)) {
    const quantity = storedQuantity(meter);
    (quantity === meter ? columns : details).push(weight === 1 ? quantity : `${weight} * ${quantity}`);
  }
  if (details.length > 0) columns.push(`iif(details IS NULL, 0, ${details.join(' + ')})`);
  return columns.join(' + ');
}

/** The sum of amounts over rows of `charge`, as REAL: beyond 2^53 it is rounded rather than refused. */
export function storedSum(unit: BudgetUnit): string {
  return `CAST(sum(${storedAmount(unit)}) AS REAL)`;
}

/** The sum of amounts over rows of `rollup_hour`, as REAL. */
export function rolledUpSum(unit: BudgetUnit): string {
  if (unit === 'usd') return `CAST(coalesce(sum(cost_nano_usd) FILTER (WHERE ${IS_SPENT}), 0) AS REAL)`;
  const terms = [...Map.groupBy(weightsOf(unit), ([, weight]) => weight)].map(([weight, meters]) => {
    const names = meters.map(([meter]) => `'${meter}'`).join(', ');
    return `${weight} * coalesce(sum(quantity) FILTER (WHERE meter IN (${names})), 0)`;
  });
  return `CAST(${terms.join(' + ')} AS REAL)`;
}

/** The meters that count in the unit, and what one of each is worth: `amountOf` says it. */
function weightsOf(unit: BudgetUnit): [Meter, number][] {
  return METERS.map((meter, index): [Meter, number] => {
    const one = emptyPerMeter();
    one[index] = 1;
    return [meter, amountOf(unit, one, 0)];
  }).filter(([, weight]) => weight > 0);
}
