import { CATALOGUE } from '../../exporter/publish/catalogue.ts';
import { EXTERNAL_METRICS } from './external-metrics.ts';

/** Every selector names its target, as the dashboard linter asks. */
const TARGET = ['job=~"$job"', 'instance=~"$instance"'];

/** Label → matcher by the cost dashboard's variable. A tenant's budgets carry the tenant in `scope_id`. */
const BY_VARIABLE: Readonly<Record<string, string>> = {
  tenant_id: 'tenant_id=~"$tenant_id"',
  scope_id: 'scope_id=~"$tenant_id"',
  model: 'model=~"$model"',
  environment: 'environment=~"$environment"',
};

/** The labels that the metric has of its own. Throws on a name that nobody publishes. */
export function labelsOf(metric: string): readonly string[] {
  const labels = EXTERNAL_METRICS.get(metric)?.labels ?? familyOf(metric)?.labels;
  if (!labels) throw new Error(`query names ${metric}, which is not in the metric catalogue`);
  return labels;
}

/** The metric on the chosen targets, whatever the other variables say. */
export function series(metric: string, ...matchers: readonly string[]): string {
  labelsOf(metric);
  return `${metric}{${[...TARGET, ...matchers].join(',')}}`;
}

/** The metric on the chosen targets, narrowed by each dashboard variable for which it has a label. */
export function filtered(metric: string, ...matchers: readonly string[]): string {
  const variables = labelsOf(metric).flatMap((label) => BY_VARIABLE[label] ?? []);
  return series(metric, ...variables, ...matchers);
}

/** A histogram has no series under its own name. */
function familyOf(metric: string) {
  const plain = CATALOGUE.get(metric);
  if (plain && plain.type !== 'histogram') return plain;
  const [, base = ''] = /^(\w+)_(?:bucket|sum|count)$/.exec(metric) ?? [];
  const histogram = CATALOGUE.get(base);
  return histogram?.type === 'histogram' ? histogram : undefined;
}
