import { family } from '../../exporter/publish/catalogue.ts';
import { RECORDED } from '../recording/index.ts';

type Labels = Readonly<Record<string, string>>;

/** What Prometheus adds to every series of a target. */
export const TARGET = { job: 'llm-cost-exporter', instance: 'exporter-1:10464' };

/** A plausible value of every label that a test does not care about. */
const USUAL: Labels = {
  provider: 'openai',
  model: 'gpt-4o',
  tenant_id: 'acme',
  team: 'search',
  feature: 'answers',
  environment: 'production',
  category: 'api_external',
  token_type: 'output',
  status: 'ok',
  budget: 'tenant:acme',
  scope: 'tenant',
  scope_id: 'acme',
  period: 'month',
  quantile: '0.5',
  unit: 'usd',
  threshold: '50',
  decision: 'block',
  window: '1h',
  bound: 'upper',
  gpu: '0',
  uuid: 'GPU-00000000-0000-0000-0000-000000000001',
  gpu_model: 'NVIDIA H100 80GB HBM3',
  source: 'usage',
  result: 'accepted',
  reason: 'unknown_model',
  operation: 'append',
  family: 'llm_cost_total',
  sampler: 'gpu',
  day: '2026-11-20',
  version: '0.1.0',
  revision: 'abc1234',
  node_version: 'v24.21.0',
};

/** A series as Prometheus stores it after a scrape: all labels of its family, `job` and `instance`. */
export function scraped(metric: string, labels: Labels = {}): string {
  return seriesText(metric, family(metric).labels, Object.keys(TARGET), labels);
}

/** A series that a recording rule wrote. */
export function recorded(metric: string, labels: Labels = {}): string {
  const known = RECORDED.get(metric);
  if (!known) throw new Error(`no recording rule writes ${metric}`);
  return seriesText(metric, known, [], labels);
}

/** `up` of a target. */
export function up(labels: Labels = {}): string {
  return seriesText('up', [], Object.keys(TARGET), labels);
}

function seriesText(
  metric: string,
  own: readonly string[],
  added: readonly string[],
  labels: Labels,
): string {
  const names = [...own, ...added];
  const stranger = Object.keys(labels).find((name) => !names.includes(name));
  if (stranger !== undefined) throw new Error(`${metric} has no label ${stranger}`);
  const values: Labels = { ...USUAL, ...TARGET, ...labels };
  const pairs = names
    .filter((name) => values[name] !== '')
    .map((name) => `${name}=${JSON.stringify(values[name])}`);
  return `${metric}{${pairs.join(',')}}`;
}
