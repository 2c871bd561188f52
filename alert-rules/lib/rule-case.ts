import type { Alert } from './rule.ts';

/** What an alert must look like to the people who get it; severity and links are added to each. */
export interface Firing {
  readonly labels: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly description: string;
}

/** Input series with their values in promtool's notation, and what must fire at which second. */
export interface RuleCase {
  /**
   * `fires` and `quiet` say what they are; `boundary` holds one thing exactly at the limit, which must not fire,
   * beside one just above it, which must, so that silence is not mistaken for precision. (What is to be reached, and
   * not passed, fires at the limit and not just below.)
   */
  readonly kind: 'fires' | 'quiet' | 'boundary';
  readonly name: string;
  /**
   * What is evaluated: `minutes` and `days` take what an exporter publishes through recording rules and alerts, in
   * steps of `STEP_SECONDS`; `recorded` gives the alerts alone exact recorded values, which rates are not.
   */
  readonly input: keyof typeof STEP_SECONDS;
  readonly series: Readonly<Record<string, string>>;
  readonly expect: readonly { readonly atSeconds: number; readonly firing: readonly Firing[] }[];
}

/** The alert and everything that it was tested to do and not to do. */
export interface AlertCases {
  readonly alert: Alert;
  readonly cases: readonly RuleCase[];
}

/**
 * Between scrapes and between evaluations. The one of `days` divides no window of a rule: whether a window includes
 * its older edge changed with Prometheus 3, and neither must matter here.
 */
export const STEP_SECONDS = { minutes: 60, days: 1500, recorded: 60 } as const;

export const MINUTE = 60;
export const HOUR = 3600;
export const DAY = 86_400;
