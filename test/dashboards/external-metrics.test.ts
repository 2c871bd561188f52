import { expect, test } from 'vitest';
import { CATALOGUE } from '../../exporter/publish/catalogue.ts';
import { createSelfMetrics } from '../../exporter/publish/self-metrics.ts';
import { EXTERNAL_METRICS } from '../../grafana-dashboards/queries/external-metrics.ts';
import { ALL_TARGETS } from './built.ts';

/** Prometheus itself writes it. */
const BY_PROMETHEUS = ['up'];

test('the exporter publishes every metric that a panel takes from outside the catalogue', async () => {
  const { foreign } = await createSelfMetrics({
    sources: [],
    uncountedReasons: [],
    ledgerOperations: [],
    overflowFamilies: [],
  }).collect();
  const unpublished = [...EXTERNAL_METRICS.keys()].filter((name) => !foreign.has(name));
  expect(unpublished).toEqual(BY_PROMETHEUS);
});

test('the list holds what panels use, once, and gives a reason', () => {
  for (const [name, { reason }] of EXTERNAL_METRICS) {
    expect(
      ALL_TARGETS.some(({ expr }) => expr.includes(`${name}{`)),
      name,
    ).toBe(true);
    expect(CATALOGUE.has(name), name).toBe(false);
    expect(reason, name).not.toBe('');
  }
});
