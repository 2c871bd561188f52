import { expect, onTestFinished, test } from 'vitest';
import type { App } from '../../exporter/app/index.ts';
import type { Anomaly } from '../../exporter/domain/anomaly.ts';
import { anomalyBlocks } from '../../exporter/publish/anomalies.ts';
import { familyOf } from '../support/series.ts';
import { request, startExporter } from './support/exporter.ts';

const USD = 1e9;
const LASTING: Anomaly = {
  tenantId: 'acme',
  window: '1h',
  severity: 'critical',
  startedMs: Date.UTC(2026, 10, 21, 9),
  endedMs: undefined,
  costNanoUsd: 50 * USD,
  expected: { lower: 6 * USD, mid: 10 * USD, upper: 14 * USD },
  score: 10,
  deviationRatio: 4,
  cause: { kind: 'model', value: 'gpt-4o', nanoUsd: 30 * USD, shareRatio: 0.75 },
};
const ENDED: Anomaly = {
  ...LASTING,
  tenantId: '',
  endedMs: Date.UTC(2026, 10, 21, 10),
  expected: { lower: 0, mid: 0, upper: USD },
  deviationRatio: Number.POSITIVE_INFINITY,
  cause: undefined,
};

async function exporterWith(anomalies: readonly Anomaly[]) {
  const exporter = await startExporter({}, (app: App) => ({ ...app, anomalies: () => anomalies }));
  onTestFinished(() => exporter.close());
  return exporter;
}

test('GET /api/v1/anomalies tells of each in USD, and null where nothing is known', async () => {
  const { url } = await exporterWith([LASTING, ENDED]);
  const { status, json } = await request(`${url}/api/v1/anomalies`);
  expect(status).toBe(200);
  expect(json).toEqual({
    anomalies: [
      {
        tenant: 'acme',
        window: '1h',
        severity: 'critical',
        started: '2026-11-21T09:00:00.000Z',
        ended: null,
        cost_usd: 50,
        expected: { lower: 6, mid: 10, upper: 14 },
        deviation_percent: 400,
        score: 10,
        cause: { kind: 'model', value: 'gpt-4o', usd: 30, share: 0.75 },
      },
      expect.objectContaining({
        tenant: '',
        ended: '2026-11-21T10:00:00.000Z',
        deviation_percent: null,
        cause: null,
      }),
    ],
  });
});

test('other methods are refused', async () => {
  const { url } = await exporterWith([]);
  expect(await request(`${url}/api/v1/anomalies`)).toMatchObject({ json: { anomalies: [] } });
  const { status, headers } = await request(`${url}/api/v1/anomalies`, { method: 'DELETE' });
  expect([status, headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS']);
});

test('a new exporter counts the anomalies of the organisation from 0, and has no band yet', async () => {
  const { url } = await exporterWith([]);
  const { text } = await request(`${url}/metrics`);
  expect(text.split('\n').filter((line) => line.startsWith('llm_cost_anomalies_total'))).toEqual([
    'llm_cost_anomalies_total{severity="info"} 0',
    'llm_cost_anomalies_total{severity="warning"} 0',
    'llm_cost_anomalies_total{severity="critical"} 0',
  ]);
  expect(text).not.toMatch(/^llm_cost_(window|expected)_usd/m);
});

test('bands, scores and counts are published by tenant', () => {
  const { expected, score, costNanoUsd } = LASTING;
  const expectation = { window: '1d', endMs: 0, costNanoUsd, expected, score } as const;
  const blocks = anomalyBlocks({
    expectations: [{ tenantId: 'acme', expectation }],
    counts: new Map([['acme', { info: 3, warning: 2, critical: 1 }]]),
  });
  expect(Object.fromEntries(familyOf(blocks, 'llm_cost_window_usd'))).toEqual({ 'acme,1d': 50 });
  expect(Object.fromEntries(familyOf(blocks, 'llm_cost_expected_usd'))).toEqual({
    'acme,1d,lower': 6,
    'acme,1d,mid': 10,
    'acme,1d,upper': 14,
  });
  expect(Object.fromEntries(familyOf(blocks, 'llm_cost_anomaly_score'))).toEqual({ 'acme,1d': 10 });
  expect(Object.fromEntries(familyOf(blocks, 'llm_cost_anomalies_total'))).toEqual({
    'acme,info': 3,
    'acme,warning': 2,
    'acme,critical': 1,
  });
});
