import { hash } from 'node:crypto';
import { MAX_ATTRIBUTES } from '../encoding/wire-messages.ts';
import type { AttributeList, Metric } from './metrics-model.ts';

/** Who sent each metric: a process as its resource names it, and the instrumentation in it. */
export function sendersOf(metrics: readonly Metric[]): ReadonlyMap<Metric, string> {
  const resources = new Map<AttributeList, string>();
  return new Map(
    metrics.map((metric) => {
      const known = resources.get(metric.resource) ?? digest(...pairsOf(metric.resource));
      resources.set(metric.resource, known);
      return [metric, digest(metric.scope, known)];
    }),
  );
}

/** In an order of their own: senders and collectors change it. */
export function pairsOf(list: AttributeList, exceptKey?: string): string[] {
  const pairs: string[] = [];
  for (const [key, pair] of list.pairs()) {
    if (pairs.length === MAX_ATTRIBUTES) break;
    if (key !== exceptKey) pairs.push(pair);
  }
  return pairs.sort();
}

export function digest(...parts: readonly string[]): string {
  return hash('sha256', JSON.stringify(parts), 'base64url');
}
