import { labelsOf } from './series.ts';

/** `sum by (…)`, or plain `sum` over everything. */
export function sum(by: readonly string[], inner: string): string {
  return `sum${grouping(by)}(${inner})`;
}

/**
 * One value per group of a gauge that replicas repeat, such as a budget: replicas of one ledger agree up to a scrape,
 * so the largest is the answer and a sum would count it once per replica.
 */
export function max(by: readonly string[], inner: string): string {
  return `max${grouping(by)}(${inner})`;
}

/**
 * Sum of a gauge over its own labels. Instances of one job are replicas of one ledger and count once;
 * different jobs are different ledgers and add up.
 */
export function sumOverReplicas(by: readonly string[], metric: string, selector: string): string {
  return sum(by, max(['job', ...labelsOf(metric)], selector));
}

/** Growth of a counter over the dashboard's time range. */
export function increase(selector: string): string {
  return `increase(${selector}[$__range])`;
}

/** Growth of a counter per second. */
export function rate(selector: string): string {
  return `rate(${selector}[$__rate_interval])`;
}

/** Where `label` is absent the series says so by name, instead of showing up without one. */
export function nameAbsent(label: string, inner: string, name = `(no ${label})`): string {
  return `label_replace(${inner}, "${label}", "${name}", "${label}", "")`;
}

/** Zero in place of nothing, but only while an exporter answers: no exporter means unknown, not zero. */
export function zeroWhileUp(inner: string, upSelector: string): string {
  return `(${inner}) or (0 * max(${upSelector}))`;
}

/** A quotient without the points where nothing was counted. */
export function ratio(numerator: string, denominator: string): string {
  return `${numerator} / (${denominator} > 0)`;
}

/** Largest first. Prometheus keeps the order of an instant query only, so this is for bars and not for graphs. */
export function descending(inner: string): string {
  return `sort_desc(${inner})`;
}

export function quantile(q: number, by: readonly string[], bucketSelector: string): string {
  return `histogram_quantile(${q}, ${sum(['le', ...by], rate(bucketSelector))})`;
}

function grouping(by: readonly string[]): string {
  return by.length === 0 ? '' : ` by (${by.join(', ')}) `;
}
