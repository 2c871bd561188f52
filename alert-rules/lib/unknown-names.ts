import { CATALOGUE } from '../../exporter/publish/catalogue.ts';
import { readPromql } from './promql-names.ts';

/** Labels that Prometheus puts on whatever it scrapes. */
const TARGET_LABELS = ['job', 'instance'];

/** Metrics that Prometheus itself writes. */
const BUILT_IN = new Map<string, readonly string[]>([
  ['up', TARGET_LABELS],
  ['ALERTS', [...TARGET_LABELS, 'alertname', 'alertstate', 'severity']],
]);

/** Label names of every series that a scrape of the exporter yields, by the series' name. */
const PUBLISHED: ReadonlyMap<string, readonly string[]> = new Map(
  [...CATALOGUE.values()].flatMap(({ name, type, labels }): [string, string[]][] => {
    const all = [...labels, ...TARGET_LABELS];
    if (type !== 'histogram') return [[name, all]];
    return [
      [`${name}_bucket`, [...all, 'le']],
      [`${name}_sum`, all],
      [`${name}_count`, all],
    ];
  }),
);

/**
 * What an expression asks for that nobody publishes, one sentence each; empty when all is well. `recorded` holds the
 * labels of series beyond the catalogue, by name. A matcher's label must be one of its own metric's; a label to group
 * or join by must be one of some metric in the expression.
 */
export function unknownNames(
  expr: string,
  recorded: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  const { selectors, groupingLabels, madeLabels } = readPromql(expr);
  const problems: string[] = [];
  const available = new Set<string>();
  for (const { metric, labels } of selectors) {
    const known = PUBLISHED.get(metric) ?? recorded.get(metric) ?? BUILT_IN.get(metric);
    if (!known) {
      problems.push(`metric ${metric === '' ? '(none)' : metric} is neither published nor recorded: ${expr}`);
      continue;
    }
    for (const label of known) available.add(label);
    for (const label of labels) {
      if (!known.includes(label)) problems.push(`${metric} has no label ${label}: ${expr}`);
    }
  }
  for (const { label, from } of madeLabels) {
    if (!available.has(from)) problems.push(`no metric here has the label ${from}: ${expr}`);
    available.add(label);
  }
  for (const label of groupingLabels) {
    if (!available.has(label)) problems.push(`no metric here has the label ${label}: ${expr}`);
  }
  return problems;
}
