import { setImmediate } from 'node:timers/promises';
import {
  AnomalyLog,
  causeOf,
  comparableWindows,
  type Seen,
  type SeverityCounts,
  windowNow,
} from '../anomalies/index.ts';
import type { Config } from '../config/schema.ts';
import { ANOMALY_WINDOWS, type Anomaly, type AnomalyCause } from '../domain/anomaly.ts';
import type { LedgerTotal } from '../domain/ledger-sums.ts';
import { nanoUsdFromUsd } from '../domain/money.ts';
import type { Period } from '../domain/period.ts';
import type { Ports } from '../domain/ports.ts';
import { HOUR_MS, type HourlySeries, type SeriesSelection } from '../domain/series.ts';
import type { Ledger } from '../ledger/ledger.ts';

/** Each is up to four readings of the ledger; the other anomalies of a look stay without a cause. */
const EXPLAINED_PER_LOOK = 10;

export interface AnomalyWatchSources {
  readonly ledger: Pick<Ledger, 'hourly' | 'totalsBetween'>;
  readonly timeZone: string;
  readonly settings: Config['anomalies'];
  readonly ports: Ports;
}

/** Holds, every now and then, the last hour and the last day of the largest tenants against what they usually cost. */
export class AnomalyWatch {
  readonly #sources: AnomalyWatchSources;
  readonly #log: AnomalyLog;
  #expectations: readonly Seen[] = [];

  constructor(sources: AnomalyWatchSources) {
    this.#sources = sources;
    this.#log = new AnomalyLog({ minimumNanoUsd: nanoUsdFromUsd(sources.settings.minimum_usd) });
  }

  /** Of the last look, the organisation first. None of what has too little history, or after a look that failed. */
  get expectations(): readonly Seen[] {
    return this.#expectations;
  }

  get anomalies(): readonly Anomaly[] {
    return this.#log.anomalies;
  }

  get counts(): ReadonlyMap<string, SeverityCounts> {
    return this.#log.counts;
  }

  /** Never rejects. */
  async look(): Promise<void> {
    try {
      await this.#look();
    } catch (error) {
      this.#expectations = [];
      this.#sources.ports.log.warn('anomalies were not looked for', { error: (error as Error).message });
    }
  }

  async #look(): Promise<void> {
    const { ledger, timeZone, settings, ports } = this.#sources;
    const nowMs = ports.now();
    const toMs = Math.floor(nowMs / HOUR_MS) * HOUR_MS + HOUR_MS;
    const fromMs = toMs - settings.history_days * 24 * HOUR_MS;
    const found = await ledger.hourly({ fromMs, toMs, selections: selections(settings.tenants) });
    const series = new Map(found.flat().map((one) => [one.value ?? '', one.series]));
    const options = { timeZone, minimumNanoUsd: nanoUsdFromUsd(settings.minimum_usd) };
    const seen: Seen[] = [];
    for (const [tenantId, hours] of series) {
      for (const window of ANOMALY_WINDOWS) {
        const expectation = windowNow(hours, window, nowMs, options);
        if (!('kind' in expectation)) seen.push({ tenantId, expectation });
      }
      // A tenant takes about a millisecond: requests come in between.
      await setImmediate();
    }
    this.#expectations = seen;
    await this.#explain(this.#log.observe(seen, nowMs), seen, series);
  }

  async #explain(
    begun: readonly Anomaly[],
    seen: readonly Seen[],
    series: ReadonlyMap<string, HourlySeries>,
  ): Promise<void> {
    const dearest = begun
      .filter(({ score }) => score > 0)
      .sort((a, b) => b.costNanoUsd - b.expected.mid - (a.costNanoUsd - a.expected.mid))
      .slice(0, EXPLAINED_PER_LOOK);
    const totals = this.#rememberedTotals();
    for (const anomaly of dearest) {
      const { tenantId, window } = anomaly;
      const one = seen.find((each) => each.tenantId === tenantId && each.expectation.window === window)!;
      const { own, usual } = comparableWindows(series.get(tenantId)!, one.expectation);
      try {
        const cause = await causeIn(tenantId, own, usual, totals);
        this.#log.explain(anomaly, cause);
        this.#sources.ports.log.warn('cost anomaly', fieldsOf(anomaly, cause));
      } catch (error) {
        this.#sources.ports.log.warn('the cause of an anomaly was not looked for', {
          tenant: tenantId,
          window,
          error: (error as Error).message,
        });
      }
    }
  }

  /** Tenants have the same hours in common. */
  #rememberedTotals(): TotalsOf {
    const held = new Map<string, Promise<readonly LedgerTotal[]>>();
    return ({ startMs, endMs }) => {
      const key = `${startMs} ${endMs}`;
      const totals = held.get(key) ?? this.#sources.ledger.totalsBetween(startMs, endMs);
      held.set(key, totals);
      return totals;
    };
  }
}

type TotalsOf = (period: Period) => Promise<readonly LedgerTotal[]>;

function selections(tenants: number): SeriesSelection[] {
  const organisation: SeriesSelection = { scope: [], unit: 'usd' };
  if (tenants === 0) return [organisation];
  return [organisation, { scope: [], unit: 'usd', by: { field: 'tenant', top: tenants } }];
}

/** One window after the other: they wait for the same thread. */
async function causeIn(
  tenantId: string,
  own: Period,
  usual: readonly Period[],
  totalsOf: TotalsOf,
): Promise<AnomalyCause | undefined> {
  const ofTenant = (totals: readonly LedgerTotal[]) =>
    tenantId === '' ? totals : totals.filter(({ dimensions }) => dimensions.tenant_id === tenantId);
  const before: LedgerTotal[] = [];
  for (const period of usual) before.push(...ofTenant(await totalsOf(period)));
  return causeOf({ totals: ofTenant(await totalsOf(own)), usual: before, usualWindows: usual.length });
}

function fieldsOf(
  { tenantId, window, severity, costNanoUsd, expected }: Anomaly,
  cause: AnomalyCause | undefined,
) {
  const usd = (nanoUsd: number) => Number((nanoUsd / 1e9).toFixed(2));
  return {
    tenant: tenantId,
    window,
    severity,
    usd: usd(costNanoUsd),
    expectedUsd: usd(expected.mid),
    cause: cause && [cause.kind, cause.value].filter((text) => text !== '').join(' '),
  };
}
