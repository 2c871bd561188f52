import { MINUTE, type RuleCase } from '../lib/rule-case.ts';
import { scraped, TARGET } from '../lib/series.ts';
import { flat } from '../lib/values.ts';

const ledgerUp = (instance: string) => scraped('llm_cost_exporter_ledger_up', { instance });
const errors = (instance: string) => scraped('llm_cost_exporter_ledger_errors_total', { instance });
const firing = (instance: string, description: string) => ({
  labels: { job: TARGET.job, instance },
  summary: `The ledger of ${instance} is failing`,
  description,
});
const CLOSED = 'The ledger is closed and events are refused with 503.';

export function ledgerFailingCases(): readonly RuleCase[] {
  return [
    {
      kind: 'fires',
      name: 'when the ledger is closed, and when operations fail though it is open',
      input: 'minutes',
      series: {
        [ledgerUp('closed:10464')]: '1x9 0x20',
        [errors('closed:10464')]: '0x9 5x20',
        [ledgerUp('failing:10464')]: flat(1, 31),
        [errors('failing:10464')]: '0x9 2x20',
        [ledgerUp('fine:10464')]: flat(1, 31),
      },
      expect: [
        { atSeconds: 11 * MINUTE, firing: [] },
        {
          atSeconds: 15 * MINUTE,
          firing: [
            firing('closed:10464', CLOSED),
            firing('failing:10464', '2 ledger operations failed in the last 10 minutes.'),
          ],
        },
      ],
    },
    {
      kind: 'quiet',
      name: 'an open ledger, old errors, and an error counter that starts again',
      input: 'minutes',
      series: {
        [ledgerUp('fine:10464')]: flat(1, 40),
        [errors('fine:10464')]: flat(0, 40),
        [ledgerUp('restarted:10464')]: '1x19 _ 1x19',
        [errors('restarted:10464')]: '7x19 _ 0x19',
      },
      expect: [5, 23, 35].map((minutes) => ({ atSeconds: minutes * MINUTE, firing: [] })),
    },
    {
      kind: 'boundary',
      name: 'closed for less than two minutes is a restart, two minutes are not; no error is none',
      input: 'recorded',
      series: {
        [ledgerUp('restart:10464')]: '1x9 0x1 1x20',
        [ledgerUp('outage:10464')]: '1x9 0x2 1x19',
        [errors('outage:10464')]: flat(0, 32),
      },
      expect: [
        { atSeconds: 11 * MINUTE, firing: [] },
        { atSeconds: 12 * MINUTE, firing: [firing('outage:10464', CLOSED)] },
      ],
    },
  ];
}
