import { describe, expect, test } from 'vitest';
import { ALL_TARGETS, dashboards, type PanelJson, panelsOf } from './built.ts';
import { resultLabels } from './result-labels.ts';

const labelsIn = (legend: string) => [...legend.matchAll(/\{\{\s*(\w+)\s*\}\}/g)].map(([, label]) => label!);

const lostIn = (expr: string, legend: string) =>
  labelsIn(legend).filter((label) => !resultLabels(expr)?.has(label));

test.each(ALL_TARGETS)('the legend names labels that the result has: $where', ({ expr, legendFormat }) => {
  expect(lostIn(expr, legendFormat)).toEqual([]);
});

test('a legend whose label was aggregated away is noticed', () => {
  expect(lostIn('sum by (model) (rate(llm_cost_total[5m]))', '{{model}} {{tenant_id}}')).toEqual([
    'tenant_id',
  ]);
});

/** Label columns and value columns that the panel arranges or formats, but its queries do not return. */
function strayColumns({ targets = [], transformations = [], fieldConfig, options }: PanelJson): string[] {
  const fields = new Set(['Time', 'Value', ...targets.map(({ refId }) => `Value #${refId}`)]);
  for (const { expr } of targets) for (const label of resultLabels(expr) ?? []) fields.add(label);
  const organize = transformations.find(({ id }) => id === 'organize')!.options as {
    indexByName: Record<string, number>;
    renameByName: Record<string, string>;
  };
  const titles = Object.values(organize.renameByName);
  return [
    ...[...Object.keys(organize.indexByName), ...Object.keys(organize.renameByName)].filter(
      (f) => !fields.has(f),
    ),
    ...[...fields].filter((field) => !['Time', 'Value'].includes(field) && !(field in organize.indexByName)),
    ...(fieldConfig?.overrides ?? [])
      .map(({ matcher }) => matcher.options)
      .filter((t) => !titles.includes(t)),
    ...(options?.sortBy ?? []).map(({ displayName }) => displayName).filter((t) => !titles.includes(t)),
  ];
}

const TABLES = dashboards()
  .flatMap(panelsOf)
  .filter(({ type }) => type === 'table');

test.each(TABLES)('every column of the table "$title" exists, and every label is a column', (panel) => {
  expect(strayColumns(panel)).toEqual([]);
  panel.targets![0]!.refId = 'renamed';
  expect(strayColumns(panel)).not.toEqual([]);
});

describe('the reading of PromQL', () => {
  test.each([
    ['sum(llm_cost_total)', []],
    ['sum by (model) (rate(llm_cost_total{model=~"$model"}[$__rate_interval])) * 3600', ['model']],
    [
      'increase(llm_unpriced_tokens_total[1d] offset -1d)',
      ['job', 'instance', 'provider', 'model', 'reason'],
    ],
    ['topk(10, sum by (team) (increase(llm_cost_total[1d])) > 0)', ['team']],
    [
      'histogram_quantile(0.9, sum by (le, source) (rate(llm_cost_exporter_ingest_duration_seconds_bucket[1m])))',
      ['source'],
    ],
    ['label_replace(sum(up), "team", "(none)", "team", "")', ['team']],
    [
      'max by (gpu, gpu_model) (gpu_utilization_percent) * on (gpu_model) group_left () gpu_hourly_cost_usd',
      ['gpu', 'gpu_model'],
    ],
    ['up == 0 and on (job, instance) llm_cost_exporter_build_info', ['job', 'instance']],
    ['(sum(up)) or (0 * max(llm_cost_exporter_build_info))', []],
  ])('%s', (expr, labels) => {
    expect([...(resultLabels(expr) ?? [])].sort()).toEqual([...labels].sort());
  });

  test.each([
    ['llm_cots_total', 'nobody publishes llm_cots_total'],
    ['llm_cost_total{tenant="a"}', 'no label tenant'],
    ['sum by (tenant) (llm_cost_total)', 'no label tenant'],
    ['sum by (team) (sum by (model) (llm_cost_total))', 'no label team'],
    ['llm_request_duration_seconds', 'nobody publishes'],
    ['histogram_quantile(0.9, sum(rate(llm_request_duration_seconds_bucket[1m])))', 'no label le'],
    ['sum(up', 'expected'],
    ['sum(up) )', 'cannot read )'],
  ])('%s is refused', (expr, message) => {
    expect(() => resultLabels(expr)).toThrow(message);
  });
});
