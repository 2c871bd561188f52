import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Arrival, checkOrder } from '../../scripts/demo/month/order-check.ts';
import { openWorkplace, type Workplace } from './support/workplace.ts';

/** It takes half a minute on two idle cores, most of it before the playback. */
const TIMEOUT_MS = 400_000;
let place: Workplace;

beforeEach(() => {
  place = openWorkplace();
});
afterEach(() => place.clear());

test(
  'a month: forecast, burn rate, warning and overrun arrive at the webhook in order, ahead of the overrun, and resolve',
  async () => {
    const demo = place.children.start(
      'demo',
      process.execPath,
      [join(import.meta.dirname, '..', '..', 'scripts', 'demo.ts'), '--month', '--seconds', '15'],
      { TMPDIR: place.dir },
    );
    const exit = await demo.exited;
    const output = demo.outputTail();
    expect(exit, output).toEqual({ code: 0, signal: null });
    expect(output).toMatch(/^The budget was overrun on 2026-10-28 /m);
    expect(output).toMatch(/^ +the forecast +2026-10-\d\d .* before +(BudgetExhausts|ForecastOver)\w+$/m);
    expect(output).toMatch(/^ +the burn rate +2026-10-\d\d .* before +BudgetBurnRate\w+$/m);
    expect(output).toMatch(/^ +the warning +2026-10-\d\d .* before +BudgetWarning$/m);
    expect(output).toMatch(/^ +the overrun +2026-10-28 .* \dm after +BudgetExceeded$/m);
    expect(output).toMatch(/RESOLVED critical BudgetExceeded/);
    expect(output).toMatch(/^In order: /m);
    expect(output, 'in a pipe there is nothing to rewrite').not.toContain('\r');
    expect(readdirSync(place.dir)).toEqual([]);
  },
  TIMEOUT_MS,
);

const arrival = (alertname: string, day: number, status: Arrival['status'] = 'firing'): Arrival => ({
  status,
  labels: { alertname },
  annotations: {},
  startsAt: '',
  simulatedMs: day,
});
const ENDS = [arrival('BudgetWarning', 9, 'resolved'), arrival('BudgetExceeded', 9, 'resolved')];

test.each<[what: string, arrivals: Arrival[], problems: string[]]>([
  [
    'as it should be',
    [
      arrival('ForecastOverBudget', 1),
      arrival('BudgetBurnRateWarning', 2),
      arrival('ForecastOverBudget', 3),
      arrival('BudgetWarning', 4),
      arrival('BudgetExceeded', 6),
      ...ENDS,
    ],
    [],
  ],
  [
    'the warning first',
    [
      arrival('BudgetWarning', 1),
      arrival('BudgetExhaustsBeforePeriodEnd', 2),
      arrival('BudgetBurnRateCritical', 3),
      arrival('BudgetExceeded', 6),
      ...ENDS,
    ],
    ['the warning arrived before the burn rate'],
  ],
  [
    'a forecast after the fact, no burn rate, no end',
    [arrival('ForecastOverBudget', 5), arrival('BudgetWarning', 4), arrival('BudgetExceeded', 6)],
    [
      'the forecast arrived after the budget was overrun',
      'the burn rate (BudgetBurnRateWarning or BudgetBurnRateCritical) did not arrive',
      'the end of BudgetWarning did not arrive',
      'the end of BudgetExceeded did not arrive',
    ],
  ],
])('the order is checked: %s', (_what, arrivals, problems) => {
  expect(checkOrder(arrivals, 5).problems).toEqual(problems);
});
