import type { Config } from '../config/schema.ts';
import type { BudgetStatus } from '../domain/budget.ts';
import type { Charge } from '../domain/charge.ts';
import { CodedError } from '../domain/errors.ts';
import type { Log, Ports } from '../domain/ports.ts';
import type { SampleBlock } from '../domain/samples.ts';
import { HOUR_MS } from '../domain/series.ts';
import { ForecastThread } from '../forecast/forecast-thread.ts';
import { PastLedger } from '../ledger/past-ledger.ts';
import { readCharges } from '../ledger/read-charges.ts';
import { anomalyBlocks } from '../publish/anomalies.ts';
import { budgetBlocks } from '../publish/budgets.ts';
import { forecastBlocks } from '../publish/forecasts.ts';
import { AnomalyWatch } from './anomaly-watch.ts';
import { Books } from './books.ts';
import { budgetsInForce } from './budgets-in-force.ts';
import { Foresight } from './foresight.ts';

const DAY_MS = 86_400_000;
/** Charges handed to the books at a time. */
const BATCH = 1000;
/** The name by which new counters are shown at 0 first, as they are to a Prometheus. */
const SCRAPER = 'replay';

/** A look takes milliseconds a tenant: every five minutes of a month would take most of the replay's time. */
const ANOMALY_LOOK_MS = 900_000;
const ANOMALY_FAMILIES = anomalyBlocks({ expectations: [], counts: new Map() }).map(({ family }) => family);

/** The families that a ledger tells of. */
export const REPLAYED_FAMILIES: ReadonlySet<string> = new Set([
  'llm_cost_total',
  'llm_tokens_total',
  'llm_requests_total',
  'llm_request_duration_seconds',
  'llm_cost_month_to_date_usd',
  'llm_unpriced_tokens_total',
  'llm_unpriced_requests_total',
  'llm_cost_savings_total',
  'llm_cost_wasted_total',
  'llm_cost_reported_total',
  'llm_cost_computed_total',
  'llm_cost_rate_usd_per_hour',
  ...budgetBlocks({ statuses: [], consumptions: [], subjects: [] }).map(({ family }) => family),
  ...forecastBlocks([]).map(({ family }) => family),
  ...ANOMALY_FAMILIES,
]);

export interface ReplayOptions {
  /** Its budgets, forecasts and label budget are those of the replay; `data_dir` is where the ledger is. */
  readonly config: Config;
  readonly fromMs: number;
  /** Inclusive. */
  readonly toMs: number;
  /** Between scrapes. */
  readonly stepMs: number;
  readonly monotonic: Ports['monotonic'];
}

/** What the exporter would have shown at a moment. Valid until the next is asked for. */
export interface ReplayMoment {
  readonly atMs: number;
  readonly blocks: readonly SampleBlock[];
  readonly budgets: readonly BudgetStatus[];
}

export interface Replay {
  /** The first moment: the ledger may begin later than was asked for. */
  readonly fromMs: number;
  /** In order of time; blocks of these families only. */
  moments(families: ReadonlySet<string>): AsyncGenerator<ReplayMoment, void, undefined>;
}

/**
 * The past of a ledger against a simulated clock: its charges at their own times, counted and published by what does so in
 * the running exporter. Ledger, samplers and bills have no past. Throws CodedError `ledger_empty` where there is no charge
 * in the time, and what `readCharges` throws.
 */
export function openReplay(options: ReplayOptions): Replay {
  const { config, stepMs, toMs } = options;
  const [first] = readCharges(config.data_dir, { fromMs: options.fromMs, toMs });
  if (!first) {
    const span = `${new Date(options.fromMs).toISOString()} and ${new Date(toMs).toISOString()}`;
    throw new CodedError('ledger_empty', `${config.data_dir}: no charge between ${span}`);
  }
  const fromMs = Math.floor(Math.max(first.event.timestampMs, options.fromMs) / stepMs) * stepMs;
  return { fromMs, moments: (families) => moments({ ...options, fromMs }, families) };
}

async function* moments(
  { config, fromMs, toMs, stepMs, monotonic }: ReplayOptions,
  families: ReadonlySet<string>,
): AsyncGenerator<ReplayMoment, void, undefined> {
  let nowMs = fromMs;
  const ports: Ports = { now: () => nowMs, monotonic, log: toNobody };
  const historyDays = Math.max(config.forecast.history_days, config.anomalies.history_days) + 366;
  const historyFromMs = fromMs - historyDays * DAY_MS;
  const definitions = await budgetsInForce(config);
  const ledger = new PastLedger({ directory: config.data_dir, now: ports.now, toMs, historyFromMs });
  const books = new Books({
    labelSets: config.metrics.label_sets,
    timeZone: config.time_zone,
    definitions,
    budgets: { subjects: config.budgets.subjects, topSubjects: config.budgets.top_subjects },
    ports,
  });
  const thread = new ForecastThread();
  const foresight = new Foresight({
    ledger,
    thread,
    definitions: () => definitions,
    timeZone: config.time_zone,
    settings: { ...config.forecast, ...(!families.has('llm_cost_forecast_usd') && { top: 0 }) },
    ports,
  });
  const anomalyWatch = new AnomalyWatch({
    ledger,
    timeZone: config.time_zone,
    settings: config.anomalies,
    ports,
  });
  const looks = [
    // Forecasts are of whole hours: a look more often sees the same.
    everyMs(Math.ceil((config.forecast.interval_seconds * 1000) / HOUR_MS) * HOUR_MS, () => foresight.look()),
    ...(!ANOMALY_FAMILIES.some((name) => families.has(name))
      ? []
      : [
          everyMs(Math.max(config.anomalies.interval_seconds * 1000, ANOMALY_LOOK_MS), () =>
            anomalyWatch.look(),
          ),
        ]),
  ];
  const charges = readCharges(config.data_dir, { fromMs, toMs });
  let next = charges.next();

  try {
    await books.restore(ledger);
    for (; nowMs <= toMs; nowMs += stepMs) {
      const batch: Charge[] = [];
      for (; !next.done && next.value.event.timestampMs < nowMs; next = charges.next()) {
        batch.push(next.value);
        if (batch.length === BATCH) await books.store(ledger, batch.splice(0));
      }
      if (batch.length > 0) await books.store(ledger, batch);
      await Promise.all([books.turnMonth(ledger), books.keepBudgets(ledger)]);
      for (const look of looks) await look(nowMs);
      const budgets = books.budgets.statuses(nowMs, foresight.pathOf);
      const blocks = [
        ...books.aggregate.blocks(nowMs, SCRAPER),
        ...budgetBlocks({
          statuses: budgets,
          consumptions: books.budgets.consumptions(),
          subjects: books.budgets.subjectCounts(nowMs),
        }),
        ...forecastBlocks(foresight.dimensions),
        ...anomalyBlocks(anomalyWatch),
      ];
      yield { atMs: nowMs, blocks: blocks.filter(({ family }) => families.has(family)), budgets };
    }
  } finally {
    charges.return();
    await thread.close();
    await ledger.close();
  }
}

/** At the first moment, then at the first one of each interval. */
function everyMs(intervalMs: number, look: () => Promise<void>): (nowMs: number) => Promise<void> {
  let dueMs = Number.NEGATIVE_INFINITY;
  return async (nowMs) => {
    if (nowMs < dueMs) return;
    dueMs = (Math.floor(nowMs / intervalMs) + 1) * intervalMs;
    await look();
  };
}

const nothing = () => undefined;
/** What an exporter would have logged then is of no use now. */
const toNobody: Log = { info: nothing, warn: nothing, error: nothing };
