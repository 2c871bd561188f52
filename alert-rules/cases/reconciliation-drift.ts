import { HOUR, MINUTE, type RuleCase } from '../lib/rule-case.ts';
import { scraped, TARGET } from '../lib/series.ts';
import type { AlertThresholds } from '../lib/thresholds.ts';
import { flat, missing } from '../lib/values.ts';

const STEPS = 500;
const NUMBER = Intl.NumberFormat('en-US', {
  signDisplay: 'always',
  minimumFractionDigits: 2,
  maximumFractionDigits: 2,
  useGrouping: false,
});

export function reconciliationDriftCases(thresholds: AlertThresholds): readonly RuleCase[] {
  const { reconciliation_drift_ratio: ratio, reconciliation_drift_usd: usd } = thresholds;
  const drift = (provider: string, driftUsd: number, driftRatio?: number, instance = TARGET.instance) => ({
    [scraped('llm_cost_reconciliation_drift_usd', { provider, instance })]: flat(driftUsd, STEPS),
    ...(driftRatio !== undefined && {
      [scraped('llm_cost_reconciliation_drift_ratio', { provider, instance })]: flat(driftRatio, STEPS),
    }),
  });
  const firing = (provider: string, driftUsd: number) => ({
    labels: { job: TARGET.job, provider, day: '2026-11-20' },
    summary: `The bill of ${provider} for 2026-11-20 is not what was counted`,
    description: `The bill less what was counted is ${NUMBER.format(driftUsd)} USD (limit ${usd} USD and ${ratio * 100} % of the bill). ${driftUsd > 0 ? 'Calls are missing here, or are priced too low.' : 'Calls are counted twice here, or are priced too high.'}`,
  });
  return [
    {
      kind: 'fires',
      name: 'after six hours, in either direction, once for two replicas, and for a day that was not charged',
      input: 'minutes',
      series: {
        ...drift('openai', usd + 20, ratio * 2),
        ...drift('openai', usd + 20, ratio * 2, 'exporter-2:10464'),
        ...drift('anthropic', -usd - 20, -ratio * 2),
        ...drift('openrouter', -usd - 30),
      },
      expect: [
        { atSeconds: 6 * HOUR - MINUTE, firing: [] },
        {
          atSeconds: 6 * HOUR,
          firing: [
            firing('openai', usd + 20),
            firing('anthropic', -usd - 20),
            firing('openrouter', -usd - 30),
          ],
        },
      ],
    },
    {
      kind: 'quiet',
      name: 'a small share, cents, no drift known, and figures that come late',
      input: 'minutes',
      series: {
        ...drift('large', usd * 100, ratio / 2),
        ...drift('large-negative', -usd * 100, -ratio / 2),
        ...drift('cents', usd / 2, ratio * 10),
        ...drift('cents-negative', -usd / 2, -ratio * 10),
        [scraped('llm_provider_reported_cost_usd', { provider: 'today' })]: flat(usd * 100, STEPS),
        [scraped('llm_cost_reconciliation_drift_usd', {
          provider: 'late',
        })]: `${usd * 9}x300 0x${STEPS - 302}`,
        [scraped('llm_cost_reconciliation_drift_ratio', { provider: 'late' })]: `1x300 0x${STEPS - 302}`,
        [scraped('llm_cost_reconciliation_drift_usd', {
          provider: 'gone',
        })]: `${usd * 9}x300 ${missing(STEPS - 301)}`,
      },
      expect: [5, 6, 8].map((hours) => ({ atSeconds: hours * HOUR, firing: [] })),
    },
    {
      kind: 'boundary',
      name: 'exactly the share and exactly the sum are tolerated',
      input: 'recorded',
      series: {
        ...drift('share', usd + 20, ratio),
        ...drift('share-negative', -usd - 20, -ratio),
        ...drift('sum', usd, ratio + 0.01),
        ...drift('sum-negative', -usd, -ratio - 0.01),
        ...drift('both', usd + 0.01, ratio + 0.01),
        ...drift('both-negative', -usd - 0.01, -ratio - 0.01),
      },
      expect: [
        {
          atSeconds: 7 * HOUR,
          firing: [firing('both', usd + 0.01), firing('both-negative', -usd - 0.01)],
        },
      ],
    },
  ];
}
