import {
  ANOMALY_SEVERITIES,
  type Anomaly,
  type AnomalyCause,
  type AnomalySeverity,
  type AnomalyWindow,
  type Expectation,
} from '../domain/anomaly.ts';
import { HOUR_MS } from '../domain/series.ts';
import { severityOf } from './severity.ts';

/** What one look saw of a tenant; the empty one is the organisation. */
export interface Seen {
  readonly tenantId: string;
  readonly expectation: Expectation;
}

/** How often each severity was reached. */
export type SeverityCounts = Readonly<Record<AnomalySeverity, number>>;

/** An anomaly is over once its score is below this: one that hovers at the edge of the band is one. */
const OVER_SCORE = 0.7;
/** Tenants whose counts are held; beyond it those are forgotten whose last anomaly is longest ago. */
const COUNTED_TENANTS = 1000;

const NONE: SeverityCounts = Object.freeze({ info: 0, warning: 0, critical: 0 });

/** The anomalies of a running exporter, from look to look. At most one at a time for each tenant and window. */
export class AnomalyLog {
  readonly #minimumNanoUsd: number;
  readonly #kept: number;
  readonly #open = new Map<string, Anomaly>();
  /** Oldest first. */
  #ended: readonly Anomaly[] = [];
  readonly #counts = new Map<string, SeverityCounts>([['', NONE]]);

  constructor({ minimumNanoUsd, kept = 200 }: { readonly minimumNanoUsd: number; readonly kept?: number }) {
    this.#minimumNanoUsd = minimumNanoUsd;
    this.#kept = kept;
  }

  /** Those that last, then those that ended, each newest first. The latter are the last `kept`. */
  get anomalies(): readonly Anomaly[] {
    const open = [...this.#open.values()].sort((a, b) => b.startedMs - a.startedMs);
    return [...open, ...this.#ended.toReversed()];
  }

  /** By tenant; of the organisation from the start. A severity is counted when an anomaly first reaches it. */
  get counts(): ReadonlyMap<string, SeverityCounts> {
    return this.#counts;
  }

  /** Takes in one look at everything that is watched. Answers with what began or became worse: look for a cause. */
  observe(seen: readonly Seen[], nowMs: number): readonly Anomaly[] {
    const news: Anomaly[] = [];
    const watched = new Set<string>();
    for (const { tenantId, expectation } of seen) {
      const key = keyOf(tenantId, expectation.window);
      watched.add(key);
      if (!this.#counts.has(tenantId)) this.#count(tenantId, undefined);
      const found = this.#next(key, tenantId, expectation);
      if (found) news.push(found);
    }
    for (const [key, anomaly] of this.#open) if (!watched.has(key)) this.#end(key, anomaly, nowMs);
    return news;
  }

  /** Names the cause of the anomaly, if it is one of those that last. */
  explain({ tenantId, window }: Pick<Anomaly, 'tenantId' | 'window'>, cause: AnomalyCause | undefined): void {
    const key = keyOf(tenantId, window);
    const anomaly = this.#open.get(key);
    if (anomaly) this.#open.set(key, Object.freeze({ ...anomaly, cause }));
  }

  #next(key: string, tenantId: string, expectation: Expectation): Anomaly | undefined {
    let held = this.#open.get(key);
    // On the other side of the band it is another one.
    const side = Math.sign(expectation.score);
    if (held && (Math.abs(expectation.score) < OVER_SCORE || side !== Math.sign(held.score))) {
      this.#end(key, held, expectation.endMs - HOUR_MS);
      held = undefined;
    }
    const severity = severityOf(expectation, this.#minimumNanoUsd);
    if (severity === undefined) return undefined;
    if (!held) {
      const begun = anomalyOf(tenantId, severity, expectation);
      this.#open.set(key, begun);
      this.#count(tenantId, severity);
      return begun;
    }
    const isWorse = rank(severity) > rank(held.severity);
    if (!isWorse && Math.abs(expectation.score) <= Math.abs(held.score)) return undefined;
    const worst = isWorse ? severity : held.severity;
    const { startedMs, cause } = held;
    const worse = Object.freeze({ ...anomalyOf(tenantId, worst, expectation), startedMs, cause });
    this.#open.set(key, worse);
    if (!isWorse) return undefined;
    this.#count(tenantId, severity);
    return worse;
  }

  #end(key: string, anomaly: Anomaly, endedMs: number): void {
    this.#open.delete(key);
    const ended = Object.freeze({ ...anomaly, endedMs: Math.max(endedMs, anomaly.startedMs) });
    this.#ended = [...this.#ended, ended].slice(-this.#kept);
  }

  #count(tenantId: string, severity: AnomalySeverity | undefined): void {
    const counts = this.#counts.get(tenantId) ?? NONE;
    // The organisation's stay in front.
    if (tenantId !== '') this.#counts.delete(tenantId);
    this.#counts.set(tenantId, severity ? { ...counts, [severity]: counts[severity] + 1 } : counts);
    if (this.#counts.size <= COUNTED_TENANTS) return;
    const [, oldest] = this.#counts.keys();
    this.#counts.delete(oldest!);
  }
}

function keyOf(tenantId: string, window: AnomalyWindow): string {
  return `${window} ${tenantId}`;
}

function rank(severity: AnomalySeverity): number {
  return ANOMALY_SEVERITIES.indexOf(severity);
}

/** It starts with the hour by which its window left the band. */
function anomalyOf(tenantId: string, severity: AnomalySeverity, expectation: Expectation): Anomaly {
  const { window, endMs, costNanoUsd, expected, score } = expectation;
  return Object.freeze({
    tenantId,
    window,
    severity,
    startedMs: endMs - HOUR_MS,
    endedMs: undefined,
    costNanoUsd,
    expected,
    score,
    deviationRatio: costNanoUsd / expected.mid - 1,
    cause: undefined,
  });
}
