import { join } from 'node:path';
import { budgetDefinitions } from '../budgets/budget-definitions.ts';
import type { Config } from '../config/schema.ts';
import type { Charge } from '../domain/charge.ts';
import { usdFromNanoUsd } from '../domain/money.ts';
import type { Ports } from '../domain/ports.ts';
import type { Reading } from '../domain/reading.ts';
import { ForecastThread } from '../forecast/forecast-thread.ts';
import { createSources } from '../ingest/index.ts';
import type { SkipReason } from '../ingest/outcome.ts';
import { SOURCES } from '../ingest/source.ts';
import { LEDGER_OPERATIONS, SqliteLedger } from '../ledger/sqlite-ledger.ts';
import { createPricing } from '../pricing/index.ts';
import { anomalyBlocks } from '../publish/anomalies.ts';
import { billBlocks } from '../publish/bills.ts';
import { budgetBlocks } from '../publish/budgets.ts';
import { forecastBlocks } from '../publish/forecasts.ts';
import { opportunityBlocks } from '../publish/opportunities.ts';
import { priceTableBlocks } from '../publish/prices.ts';
import { samplerBlocks } from '../publish/samplers.ts';
import { selfBlocks } from '../publish/self.ts';
import { createSelfMetrics } from '../publish/self-metrics.ts';
import { createSamplers } from '../samplers/create-samplers.ts';
import { GpuAccounts } from '../samplers/gpu-accounts.ts';
import { GpuUsageHistory } from '../samplers/gpu-usage-history.ts';
import { gapSeconds } from '../samplers/sampler-loop.ts';
import { startSampling } from '../samplers/sampling.ts';
import { Advisor } from './advisor.ts';
import { AnomalyWatch } from './anomaly-watch.ts';
import type { App, IngestAnswer, SourceId, SourceRequest } from './app.ts';
import { BillWatch } from './bill-watch.ts';
import { Books } from './books.ts';
import { BudgetDesk } from './budget-desk.ts';
import { Foresight } from './foresight.ts';
import { Gatekeeper } from './gatekeeper.ts';
import { takeIn } from './intake.ts';
import { Lookout } from './lookout.ts';
import { pricingOptions } from './pricing-options.ts';

export type { App, IngestAnswer, Scrape, SourceId, SourceRequest } from './app.ts';
export type { BudgetState } from './budget-desk.ts';
export type { DecisionAnswer } from './gatekeeper.ts';

export interface AppOptions {
  readonly ports: Ports;
  readonly build: { readonly version: string; readonly revision: string; readonly nodeVersion: string };
  readonly configFile?: string | undefined;
}

const DAY_MS = 86_400_000;
/** One after the other, once the start is over: each reads much of the ledger. */
const FIRST_LOOK_MS = 2000;

/** Wires the stages in flow order. Rejects with `ledger_locked` if another process has the data directory, `budgets_unreadable` if its budgets are damaged. */
export async function createApp(config: Config, { ports, build, configFile }: AppOptions): Promise<App> {
  const { now, monotonic, log } = ports;

  // ingest → pricing → ledger → books (aggregate, budgets)
  const sources = createSources({
    eventsPerRequest: config.limits.events_per_request,
    otlp: { ...config.otlp, eventsPerRequest: config.limits.events_per_request, startedMs: now() },
  });
  let pricing = createPricing(pricingOptions(config, configFile));
  const self = createSelfMetrics({
    sources: SOURCES,
    // What alerts look at; a zero for each of the others would be most of an idle exporter's scrape.
    uncountedReasons: ['usage_missing', 'not_authoritative'] satisfies SkipReason[],
    ledgerOperations: LEDGER_OPERATIONS,
    overflowFamilies: ['usage'],
  });
  const books = new Books({
    labelSets: config.metrics.label_sets,
    timeZone: config.time_zone,
    definitions: budgetDefinitions(config.budgets, config.time_zone),
    budgets: { subjects: config.budgets.subjects, topSubjects: config.budgets.top_subjects },
    ports,
  });
  const gpuHistory = new GpuUsageHistory();
  const ledger = new SqliteLedger({
    directory: config.data_dir,
    retentionDays: config.ledger.retention_days,
    pendingCharges: config.limits.pending_events,
    ports,
    onCommit: self.ledgerCommitDuration,
    onError: self.ledgerError,
    onOpen: async () => {
      try {
        await budgets.open();
      } catch (error) {
        log.error('budgets that were set through the API cannot be read', {
          error: (error as Error).message,
        });
        return;
      }
      await books.restore(ledger);
      overflowCounted = 0;
      for (const [at, lookout] of lookouts.entries()) lookout.lookIn(FIRST_LOOK_MS * (at + 1));
      for (const bill of bills) bill.start();
    },
  });
  const store = (charges: readonly Charge[]) => books.store(ledger, charges);
  const advisor = new Advisor({
    ledger,
    gpuHistory,
    pricing: () => pricing,
    settings: config.opportunities,
    ports,
  });
  const forecastThread = new ForecastThread();
  const foresight = new Foresight({
    ledger,
    thread: forecastThread,
    definitions: () => books.budgets.definitions,
    timeZone: config.time_zone,
    settings: config.forecast,
    ports,
  });
  const anomalyWatch = new AnomalyWatch({
    ledger,
    timeZone: config.time_zone,
    settings: config.anomalies,
    ports,
  });
  const lookouts = [
    new Lookout(() => foresight.look(), config.forecast.interval_seconds),
    new Lookout(() => anomalyWatch.look(), config.anomalies.interval_seconds),
    new Lookout(() => advisor.look(), config.opportunities.interval_seconds),
  ];
  const budgets = new BudgetDesk({
    path: join(config.data_dir, 'budgets.jsonl'),
    section: config.budgets,
    timeZone: config.time_zone,
    define: (definitions) => books.setDefinitions(ledger, definitions),
    book: () => {
      gatekeeper.expire();
      void books.keepBudgets(ledger);
      return books.budgets;
    },
    pathOf: foresight.pathOf,
    ports,
  });
  const bills = config.bills.map(
    (settings) => new BillWatch({ settings, fetch, ledger, store, self, ports }),
  );
  try {
    if (await ledger.opened) await budgets.open();
  } catch (error) {
    for (const lookout of lookouts) lookout.stop();
    await ledger.close();
    throw error;
  }

  // samplers, and what GPU time costs
  const samplers = createSamplers(config, ports);
  const intervalSeconds = config.samplers.interval_seconds;
  const timeoutSeconds = config.samplers.timeout_seconds;
  const gpuAccounts = new GpuAccounts({
    samplers: samplers.map(({ id }) => id),
    gapSeconds: gapSeconds({ intervalSeconds, timeoutSeconds }),
    owner: config.gpu,
    history: gpuHistory,
  });
  const sampling = startSampling(samplers, {
    intervalSeconds,
    timeoutSeconds,
    ports,
    onReading: chargeGpuTime,
  });

  let configStatus = { lastReloadSuccessful: true, lastReloadSuccessMs: now() };
  let previousScrape: { bytes: number; durationSeconds: number } | undefined;
  let overflowCounted = 0;

  const intake = () => ({ pricing, self, store, ports });
  const bounds = () => ({
    nowMs: now(),
    futureMs: config.limits.future_seconds * 1000,
    retentionMs: config.ledger.retention_days * DAY_MS,
  });

  function chargeGpuTime(reading: Reading, elapsedSeconds: number | undefined, samplerId: string): void {
    if (reading.kind !== 'gpu') return;
    const at = { nowMs: now(), monotonicMs: monotonic() };
    const hasPrice = (model: string) => pricing.gpuHourlyNanoUsd(model) !== undefined;
    const events = gpuAccounts.charge(reading, elapsedSeconds, samplerId, at, hasPrice);
    if (events.length === 0) return;
    store(events.map((event) => ({ event, price: pricing.price(event) }))).catch((error: Error) =>
      log.warn('GPU time was not stored', { error: error.message }),
    );
  }

  function gpuHourlyUsd(model: string): number | undefined {
    const nanoUsd = pricing.gpuHourlyNanoUsd(model);
    return nanoUsd === undefined ? undefined : usdFromNanoUsd(nanoUsd);
  }

  function notReadyBecause(): string | undefined {
    const { up, error } = ledger.health();
    return up ? (budgets.failure ?? books.waitingFor) : `the ledger cannot store events: ${error}`;
  }

  async function ingest(source: SourceId, request: SourceRequest): Promise<IngestAnswer> {
    const startedMs = monotonic();
    const reader = sources.get(source)!;
    const outcomes = reader.read(request, bounds());
    let areStored = false;
    try {
      const answer = await takeIn(intake(), source, outcomes, startedMs);
      areStored = true;
      return answer;
    } finally {
      reader.settled?.(outcomes, areStored);
    }
  }

  const gatekeeper = new Gatekeeper({
    settings: config.budgets,
    accountsFor: (scoped) => books.accountsFor(ledger, scoped),
    definitions: () => books.budgets.definitions,
    pricing: () => pricing,
    isCounting: () => notReadyBecause() === undefined,
    takeIn: (body) =>
      ingest('events', { body, contentType: 'application/json', provider: '', attributes: {} }),
    ports,
  });

  return {
    ingest,
    gatekeeper,
    budgets,

    async scrape(scraper) {
      const startedMs = monotonic();
      void books.keepBudgets(ledger);
      await books.turnMonth(ledger);
      const { aggregate, budgets } = books;
      gatekeeper.expire();
      const usage = aggregate.blocks(now(), scraper);
      self.seriesOverflow('usage', aggregate.folded - overflowCounted);
      overflowCounted = aggregate.folded;
      const { blocks, foreign } = await self.collect();
      return {
        blocks: [
          ...usage,
          ...budgetBlocks({
            statuses: budgets.statuses(now(), foresight.pathOf),
            consumptions: budgets.consumptions(),
            subjects: budgets.subjectCounts(now()),
          }),
          gatekeeper.block(),
          ...forecastBlocks(foresight.dimensions),
          ...anomalyBlocks(anomalyWatch),
          ...billBlocks(bills.map(({ status }) => status)),
          ...opportunityBlocks(advisor.opportunities),
          ...samplerBlocks(sampling.states(), gpuHourlyUsd),
          ...priceTableBlocks(pricing.tables),
          ...selfBlocks({
            build,
            ledger: ledger.health(),
            seriesHeld: new Map(usage.map((block) => [block.family, block.length])),
            ...(previousScrape && { previousScrape }),
            config: configStatus,
          }),
          ...blocks,
        ],
        foreign,
        done: (bytes) => {
          previousScrape = { bytes, durationSeconds: (monotonic() - startedMs) / 1000 };
        },
      };
    },

    overview() {
      return {
        version: build.version,
        notReadyBecause: notReadyBecause(),
        timeZone: config.time_zone,
        events: ledger.health().rows,
        budgets: books.budgets.statuses(now(), foresight.pathOf),
        opportunities: advisor.opportunities,
        ...books.aggregate.overview(now()),
      };
    },

    forecasts: () => ({ month: books.aggregate.month, forecasts: foresight.dimensions }),

    anomalies: () => anomalyWatch.anomalies,

    notReadyBecause,

    reload(read) {
      try {
        const fresh = read();
        const freshPricing = createPricing(pricingOptions(fresh, configFile));
        budgets
          .reload(fresh.budgets)
          .catch((error: Error) => log.error('budgets were not loaded', { error: error.message }));
        pricing = freshPricing;
        configStatus = { lastReloadSuccessful: true, lastReloadSuccessMs: now() };
        log.info('configuration read again; budgets and prices are in force, the rest needs a restart');
      } catch (error) {
        configStatus = { ...configStatus, lastReloadSuccessful: false };
        log.error('configuration not taken over', { error: (error as Error).message });
      }
    },

    async close() {
      for (const lookout of lookouts) lookout.stop();
      await forecastThread.close();
      await Promise.all(bills.map((bill) => bill.stop()));
      await sampling.stop();
      await ledger.close();
    },
  };
}
