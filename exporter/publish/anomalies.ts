import { ANOMALY_SEVERITIES, type AnomalySeverity, type Expectation } from '../domain/anomaly.ts';
import { usdFromNanoUsd } from '../domain/money.ts';
import { fixedBlock, type SampleBlock } from '../domain/samples.ts';

export interface AnomalyState {
  /** At most one of each tenant and window; the empty tenant is the organisation. */
  readonly expectations: readonly { readonly tenantId: string; readonly expectation: Expectation }[];
  readonly counts: ReadonlyMap<string, Readonly<Record<AnomalySeverity, number>>>;
}

/** What has too little history has no band and no row, but its counters are there at 0. */
export function anomalyBlocks({ expectations, counts }: AnomalyState): SampleBlock[] {
  return [
    fixedBlock(
      'llm_cost_window_usd',
      expectations.map(({ tenantId, expectation: { window, costNanoUsd } }) => [
        [tenantId, window],
        usdFromNanoUsd(costNanoUsd),
      ]),
    ),
    fixedBlock(
      'llm_cost_expected_usd',
      expectations.flatMap(({ tenantId, expectation: { window, expected } }) =>
        (['lower', 'mid', 'upper'] as const).map(
          (bound) => [[tenantId, window, bound], usdFromNanoUsd(expected[bound])] as const,
        ),
      ),
    ),
    fixedBlock(
      'llm_cost_anomaly_score',
      expectations.map(({ tenantId, expectation: { window, score } }) => [[tenantId, window], score]),
    ),
    fixedBlock(
      'llm_cost_anomalies_total',
      [...counts].flatMap(([tenantId, ofTenant]) =>
        ANOMALY_SEVERITIES.map((severity) => [[tenantId, severity], ofTenant[severity]] as const),
      ),
    ),
  ];
}
