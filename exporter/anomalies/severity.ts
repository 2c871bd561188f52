import type { AnomalySeverity, Expectation } from '../domain/anomaly.ts';

interface Rule {
  /** Half widths of the band from its middle. */
  readonly score: number;
  /** Excess over the middle, in the smallest excess that is worth a word. */
  readonly minimums: number;
}

/** The worst first. Both must be reached: a large score alone may be cents, much money alone a busy day. */
const RULES: readonly (readonly [AnomalySeverity, Rule])[] = [
  ['critical', { score: 4, minimums: 20 }],
  ['warning', { score: 2, minimums: 5 }],
];

/** How bad; `undefined` within the band. Below it is `info`: no money is lost, but calls may not be counted any more. */
export function severityOf(expectation: Expectation, minimumNanoUsd: number): AnomalySeverity | undefined {
  const { costNanoUsd, expected, score } = expectation;
  if (costNanoUsd < expected.lower) return 'info';
  if (costNanoUsd <= expected.upper) return undefined;
  const excess = costNanoUsd - expected.mid;
  const rule = RULES.find(
    ([, { score: least, minimums }]) => score >= least && excess >= minimums * minimumNanoUsd,
  );
  return rule?.[0] ?? 'info';
}
