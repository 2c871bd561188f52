import { DAY, HOUR, MINUTE, type RuleCase } from '../lib/rule-case.ts';
import { scraped, TARGET } from '../lib/series.ts';
import type { AlertThresholds } from '../lib/thresholds.ts';
import { flat } from '../lib/values.ts';

const COUNT = 180;
const table = (labels: Record<string, string> = {}) =>
  scraped('llm_price_table_timestamp_seconds', { source: 'catalogue', ...labels });

export function priceTableStaleCases({ price_table_days: days }: AlertThresholds): readonly RuleCase[] {
  const limit = days * DAY;
  const firing = (job: string, ageSeconds: number) => ({
    labels: { job },
    summary: `The prices of ${job} are old`,
    description: `The newest price table is ${goDuration(ageSeconds)} old (limit ${days} days).`,
  });
  /** Always as old, as if a new table came with every scrape. */
  const ofAge = (seconds: number) => `${-seconds}+60x${COUNT - 1}`;
  return [
    {
      kind: 'fires',
      name: 'an hour after the newest of the tables has become too old, once for two replicas',
      input: 'minutes',
      series: {
        [table()]: flat(30 * MINUTE - limit, COUNT),
        [table({ instance: 'b:10464' })]: flat(30 * MINUTE - limit, COUNT),
        [table({ version: '0.0.1' })]: flat(-limit - DAY, COUNT),
      },
      expect: [
        { atSeconds: 90 * MINUTE, firing: [] },
        { atSeconds: 91 * MINUTE, firing: [firing(TARGET.job, limit + HOUR + MINUTE)] },
      ],
    },
    {
      kind: 'quiet',
      name: 'a fresh table beside an old one, one that a restart brings up to date, and none with a day',
      input: 'minutes',
      series: {
        [table({ version: 'old' })]: flat(-limit * 2, COUNT),
        [table({ version: 'fresh' })]: flat(0, COUNT),
        [table({ job: 'restarted' })]: `${flat(-limit * 2, 50)} ${flat(0, COUNT - 50)}`,
        [scraped('llm_price_table_info', { job: 'undated', source: 'catalogue' })]: flat(1, COUNT),
      },
      expect: [59, 70, 179].map((minutes) => ({ atSeconds: minutes * MINUTE, firing: [] })),
    },
    {
      kind: 'boundary',
      name: 'exactly so many days are not too many',
      input: 'recorded',
      series: { [table({ job: 'exact' })]: ofAge(limit), [table()]: ofAge(limit + 60) },
      expect: [{ atSeconds: 2 * HOUR, firing: [firing(TARGET.job, limit + 60)] }],
    },
  ];
}

/** As `humanizeDuration` prints it, of a day and more. */
function goDuration(seconds: number): string {
  const part = (length: number, of: number) => Math.floor((seconds % of) / length);
  return `${Math.floor(seconds / DAY)}d ${part(HOUR, DAY)}h ${part(MINUTE, HOUR)}m ${seconds % MINUTE}s`;
}
