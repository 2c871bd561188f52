import { MINUTE, type RuleCase } from '../lib/rule-case.ts';
import { scraped, TARGET } from '../lib/series.ts';
import type { AlertThresholds } from '../lib/thresholds.ts';
import { flat, missing } from '../lib/values.ts';

const COUNT = 40;
const MID = 8;
const UPPER = 16;

type Labels = Readonly<Record<string, string>>;

export function costAnomalyCases({ anomaly_minimum_usd: minimum }: AlertThresholds): readonly RuleCase[] {
  const series = (labels: Labels, cost: string) => ({
    [scraped('llm_cost_window_usd', labels)]: cost,
    [scraped('llm_cost_expected_usd', { ...labels, bound: 'mid' })]: flat(MID, COUNT),
    [scraped('llm_cost_expected_usd', { ...labels, bound: 'upper' })]: flat(UPPER, COUNT),
  });
  const firing = (tenant: string, window: string, excess: number) => ({
    labels: { job: TARGET.job, window, ...(tenant !== '' && { tenant_id: tenant }) },
    summary: `${tenant === '' ? 'The whole organisation' : `Tenant ${tenant}`} costs more than its band allows`,
    description: `$${(UPPER + excess).toFixed(2)} in the last ${window}, $${excess.toFixed(2)} above the band, whose middle is $${MID.toFixed(2)}.`,
  });
  const high = minimum * 2 + 8;
  return [
    {
      kind: 'fires',
      name: 'after five minutes, for the window and the tenant that left their band, once for two replicas',
      input: 'minutes',
      series: {
        ...series({}, flat(UPPER + high, COUNT)),
        ...series({ instance: 'exporter-2:10464' }, flat(UPPER + high, COUNT)),
        ...series({ window: '1d' }, flat(UPPER, COUNT)),
        ...series({ tenant_id: '', window: '1d' }, flat(UPPER + high, COUNT)),
        ...series({ tenant_id: 'globex' }, flat(MID, COUNT)),
      },
      expect: [
        { atSeconds: 4 * MINUTE, firing: [] },
        { atSeconds: 5 * MINUTE, firing: [firing('acme', '1h', high), firing('', '1d', high)] },
      ],
    },
    {
      kind: 'quiet',
      name: 'inside the band, below it, a moment above it, no band, and a band without a cost',
      input: 'minutes',
      series: {
        ...series({ tenant_id: 'inside' }, flat(UPPER, COUNT)),
        ...series({ tenant_id: 'below' }, flat(0, COUNT)),
        ...series({ tenant_id: 'moment' }, `${UPPER}x9 ${UPPER + high}x3 ${UPPER}x26`),
        ...series({ tenant_id: 'gone' }, `${UPPER + high} stale ${missing(38)}`),
        [scraped('llm_cost_window_usd', { tenant_id: 'new' })]: flat(UPPER + high, COUNT),
      },
      expect: [5, 13, 39].map((minutes) => ({ atSeconds: minutes * MINUTE, firing: [] })),
    },
    {
      kind: 'boundary',
      name: 'exactly the least excess is borne',
      input: 'recorded',
      series: {
        ...series({ tenant_id: 'exact' }, flat(UPPER + minimum, COUNT)),
        ...series({ tenant_id: 'above' }, flat(UPPER + minimum + 0.01, COUNT)),
      },
      expect: [{ atSeconds: 30 * MINUTE, firing: [firing('above', '1h', minimum + 0.01)] }],
    },
  ];
}
