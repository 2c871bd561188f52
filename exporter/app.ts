import { Aggregate } from './aggregate/index.ts';
import { BudgetBook } from './budgets/budget-book.ts';
import { budgetDefinitions } from './budgets/budget-definitions.ts';
import type { Config } from './config/schema.ts';
import type { Charge } from './domain/charge.ts';
import { CodedError } from './domain/errors.ts';
import type { PerMeter } from './domain/meters.ts';
import type { Opportunity } from './domain/opportunity.ts';
import type { Overview } from './domain/overview.ts';
import { monthOf, type Period } from './domain/period.ts';
import type { Ports } from './domain/ports.ts';
import type { Reading } from './domain/reading.ts';
import type { SampleBlock } from './domain/samples.ts';
import type { UsageEvent } from './domain/usage-event.ts';
import { runRate } from './forecast/run-rate.ts';
import type { Outcome, RejectionCode } from './ingest/outcome.ts';
import { readProviderEvent } from './ingest/provider-event.ts';
import { candidatesOf, documentOf } from './ingest/usage-body.ts';
import { UsageEventReader } from './ingest/usage-events.ts';
import { SqliteLedger } from './ledger/sqlite-ledger.ts';
import { detectOpportunities } from './opportunities/index.ts';
import { createPricing } from './pricing/index.ts';
import { budgetBlocks } from './publish/budgets.ts';
import type { Family } from './publish/catalogue.ts';
import { opportunityBlocks } from './publish/opportunities.ts';
import { priceTableBlocks } from './publish/prices.ts';
import { samplerBlocks } from './publish/samplers.ts';
import { selfBlocks } from './publish/self.ts';
import { createSelfMetrics } from './publish/self-metrics.ts';
import { GpuClock, gpuCharges } from './samplers/gpu-accrual.ts';
import { GpuUsageHistory } from './samplers/gpu-usage-history.ts';
import { createHostSampler } from './samplers/host.ts';
import { createNvidiaSmiSampler } from './samplers/nvidia-smi.ts';
import { startSampling } from './samplers/sampling.ts';

/** What became of a request's events. `rejected` says of each by its index in the request what is wrong with it. */
export interface IngestAnswer {
  readonly accepted: number;
  readonly duplicate: number;
  /** How many of the accepted ones have no price. They are stored and counted apart from the cost. */
  readonly unpriced: number;
  readonly rejected: readonly {
    readonly index: number;
    readonly code: RejectionCode;
    readonly message: string;
  }[];
}

/** The running application, without its HTTP edge. Failures are `CodedError`s. */
export interface App {
  /** One event, an array, `{"events": […]}`, or NDJSON. Resolves after the commit. */
  ingestEvents(body: string, contentType: string): Promise<IngestAnswer>;
  /** A provider's raw response body, with event fields from elsewhere. Resolves after the commit. */
  ingestResponse(
    provider: string,
    body: string,
    attributes: Readonly<Record<string, string>>,
  ): Promise<IngestAnswer>;
  /** Everything to publish, as it is now. `scraper` names a Prometheus: it is shown new counters at 0 first. */
  scrape(scraper: string | undefined): Promise<Scrape>;
  overview(): Overview;
  notReadyBecause(): string | undefined;
  /** Takes budgets and prices from a configuration read anew; keeps the old ones if it cannot be read. */
  reload(read: () => Config): void;
  close(): Promise<void>;
}

export interface Scrape {
  readonly blocks: readonly SampleBlock[];
  readonly foreign: ReadonlyMap<string, Family>;
  /** Tells how large the scrape was. */
  done(bytes: number): void;
}

export interface AppOptions {
  readonly ports: Ports;
  readonly build: { readonly version: string; readonly revision: string; readonly nodeVersion: string };
  readonly configFile?: string | undefined;
}

type Source = 'events' | 'provider_response';
const SOURCES: readonly Source[] = ['events', 'provider_response'];
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Rejects with `ledger_locked` if another process has the data directory. */
export async function createApp(config: Config, options: AppOptions): Promise<App> {
  const { ports, build } = options;
  const { now, monotonic, log } = ports;
  const timeZone = config.time_zone;
  const monthAt = (atMs: number) => monthOf(atMs, timeZone);

  // ingest → pricing → ledger → aggregate and budgets
  const reader = new UsageEventReader();
  let pricing = createPricing(pricingOptions(config, options.configFile));
  const self = createSelfMetrics({
    sources: SOURCES,
    ledgerOperations: ['open', 'append', 'probe', 'worker'],
    overflowFamilies: ['usage'],
  });
  let aggregate: Aggregate;
  let budgets: BudgetBook;
  let waitingFor: string | undefined = 'the ledger is being opened';
  const ledger = new SqliteLedger({
    directory: config.data_dir,
    retentionDays: config.ledger.retention_days,
    pendingCharges: config.limits.pending_events,
    ports,
    onCommit: self.ledgerCommitDuration,
    onError: self.ledgerError,
    onOpen: restore,
  });
  let definitions = budgetDefinitions(config.budgets);
  startEmpty();
  await ledger.opened;

  // samplers, and what GPU time costs
  const gpuClock = new GpuClock();
  const gpuHistory = new GpuUsageHistory();
  const sampling = startSampling(
    [
      ...(config.samplers.host ? [createHostSampler()] : []),
      ...(config.samplers.gpu ? [createNvidiaSmiSampler({ program: config.samplers.nvidia_smi, log })] : []),
    ],
    {
      intervalSeconds: config.samplers.interval_seconds,
      timeoutSeconds: config.samplers.timeout_seconds,
      ports,
      onReading,
    },
  );

  let opportunities: readonly Opportunity[] = [];
  const advising = setInterval(() => void advise(), config.opportunities.interval_seconds * 1000).unref();
  let configStatus = { lastReloadSuccessful: true, lastReloadSuccessMs: now() };
  let previousScrape: { bytes: number; durationSeconds: number } | undefined;
  let overflowCounted = 0;

  function startEmpty(): void {
    const nowMs = now();
    aggregate = new Aggregate({ labelSets: config.metrics.label_sets, month: monthAt(nowMs) });
    budgets = new BudgetBook({ definitions, timeZone, nowMs, forecaster: runRate });
  }

  /** Counters continue from the ledger. Nothing is accepted meanwhile, so nothing is counted twice. */
  async function restore(): Promise<void> {
    waitingFor = 'the counters are being restored';
    try {
      startEmpty();
      aggregate.restore(await ledger.totals());
      for (const { dimensions, atMs, costNanoUsd } of await ledger.costByMinute(now() - HOUR_MS)) {
        aggregate.loadRate(dimensions, atMs, costNanoUsd);
      }
      await loadMonth(monthAt(now()));
      waitingFor = undefined;
      void advise();
    } catch (error) {
      waitingFor = `the counters cannot be restored: ${(error as Error).message}`;
      log.error(waitingFor);
    }
  }

  /** Sums of a month up to now. Replies of the ledger come in order: what is counted after this is not in the sums. */
  async function loadMonth(month: Period): Promise<void> {
    const totals = await ledger.totalsBetween(month.startMs, month.endMs);
    aggregate.loadMonth(month, totals);
    for (const { name, scope, scopeId } of budgets.unknown(now())) {
      const own = totals.filter(
        ({ dimensions }) => scope === 'organization' || dimensions.tenant_id === scopeId,
      );
      budgets.load(
        name,
        own.reduce((sum, { costs }) => sum + costs.reduce((all, cost) => all + cost, 0), 0),
      );
    }
  }

  async function store(charges: readonly Charge[]): Promise<Uint8Array> {
    if (waitingFor !== undefined) throw new CodedError('ledger_unavailable', `not ready: ${waitingFor}`);
    const stored = await ledger.append(charges);
    for (let i = 0; i < charges.length; i++) {
      if (stored[i] === 0) continue;
      const { event, price } = charges[i]!;
      aggregate.record(charges[i]!);
      if (price.kind === 'priced') {
        budgets.charge(event.timestampMs, event.dimensions.tenant_id, price.costNanoUsd);
      }
    }
    return stored;
  }

  const charged = (event: UsageEvent): Charge => ({ event, price: pricing.price(event) });

  async function take(
    source: Source,
    outcomes: readonly Outcome[],
    startedMs: number,
  ): Promise<IngestAnswer> {
    const charges: Charge[] = [];
    const rejected: IngestAnswer['rejected'][number][] = [];
    outcomes.forEach((outcome, index) => {
      if (outcome.kind === 'event') charges.push(charged(outcome.event));
      else rejected.push({ index, code: outcome.code, message: outcome.message });
    });
    self.ingested(source, 'rejected', rejected.length);
    let stored: Uint8Array;
    try {
      stored = await store(charges);
    } catch (error) {
      self.ingested(source, 'failed', charges.length);
      throw error;
    }
    let accepted = 0;
    let unpriced = 0;
    for (let i = 0; i < stored.length; i++) {
      if (stored[i] === 0) continue;
      accepted += 1;
      if (charges[i]!.price.kind === 'unpriced') unpriced += 1;
    }
    self.ingested(source, 'accepted', accepted);
    self.ingested(source, 'duplicate', charges.length - accepted);
    self.ingestDuration(source, (monotonic() - startedMs) / 1000);
    return { accepted, duplicate: charges.length - accepted, unpriced, rejected };
  }

  const bounds = () => ({
    nowMs: now(),
    futureMs: config.limits.future_seconds * 1000,
    retentionMs: config.ledger.retention_days * DAY_MS,
  });

  function onReading(reading: Reading, elapsedSeconds: number | undefined): void {
    if (reading.kind !== 'gpu' || elapsedSeconds === undefined) return;
    const nowMs = now();
    gpuHistory.record(reading.gpus, elapsedSeconds, nowMs);
    const priced = reading.gpus.filter(({ model }) => pricing.gpuHourlyNanoUsd(model) !== undefined);
    const events = gpuCharges(priced, elapsedSeconds, nowMs, config.gpu, gpuClock);
    store(events.map(charged)).catch((error: Error) =>
      log.warn('GPU time was not stored', { error: error.message }),
    );
  }

  async function advise(): Promise<void> {
    const settings = config.opportunities;
    const nowMs = now();
    try {
      const patterns = await ledger.callPatterns({
        fromMs: nowMs - settings.window_hours * HOUR_MS,
        toMs: nowMs,
        smallInputTokens: settings.small_request.input_tokens,
        smallOutputTokens: settings.small_request.output_tokens,
      });
      const gpus = gpuHistory.meanUtilization(nowMs).map(({ uuid, model, meanPercent, hours }) => ({
        uuid,
        model,
        meanUtilizationPercent: meanPercent,
        hours,
        hourlyNanoUsd: pricing.gpuHourlyNanoUsd(model),
      }));
      const detection = detectOpportunities(
        { ...patterns, gpus },
        {
          minimumUsdPerMonth: settings.minimum_usd_per_month,
          cheaperModels: settings.cheaper_models,
          gpuUtilizationPercent: settings.gpu_utilization_percent,
          gpuTargetPercent: settings.gpu_target_percent,
          priceAt: (provider, model, quantities) => {
            const price = pricing.price(callOf(provider, model, quantities, nowMs));
            return price.kind === 'priced' ? price.costNanoUsd : undefined;
          },
        },
      );
      opportunities = detection.opportunities;
      for (const { strategy, error } of detection.failures) log.error('detector failed', { strategy, error });
    } catch (error) {
      log.warn('opportunities were not computed', { error: (error as Error).message });
    }
  }

  /** A new month begins for all at once, from what the ledger has of it: events may have come ahead of the clock. */
  async function turnMonth(): Promise<void> {
    if (waitingFor !== undefined || now() < aggregate.month.endMs) return;
    await loadMonth(monthAt(now())).catch((error: Error) =>
      log.error('the new month cannot be begun', { error: error.message }),
    );
  }

  return {
    async ingestEvents(body, contentType) {
      const startedMs = monotonic();
      const candidates = candidatesOf(body, contentType, config.limits.events_per_request);
      return take('events', reader.readAll(candidates, bounds()), startedMs);
    },

    async ingestResponse(provider, body, attributes) {
      const startedMs = monotonic();
      const outcome = readProviderEvent(reader, provider, documentOf(body), attributes, bounds());
      return take('provider_response', [outcome], startedMs);
    },

    async scrape(scraper) {
      const startedMs = monotonic();
      const nowMs = now();
      await turnMonth();
      const usage = aggregate.blocks(nowMs, scraper);
      self.seriesOverflow('usage', aggregate.folded - overflowCounted);
      overflowCounted = aggregate.folded;
      const { blocks, foreign } = await self.collect();
      return {
        blocks: [
          ...usage,
          ...budgetBlocks(budgets.statuses(nowMs)),
          ...opportunityBlocks(opportunities),
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
      const nowMs = now();
      return {
        version: build.version,
        notReadyBecause: notReadyBecause(),
        timeZone,
        events: ledger.health().rows,
        budgets: budgets.statuses(nowMs),
        opportunities,
        ...aggregate.overview(nowMs),
      };
    },

    notReadyBecause,

    reload(read) {
      try {
        const fresh = read();
        pricing = createPricing(pricingOptions(fresh, options.configFile));
        definitions = budgetDefinitions(fresh.budgets);
        budgets.setDefinitions(definitions);
        configStatus = { lastReloadSuccessful: true, lastReloadSuccessMs: now() };
        log.info('configuration read again; budgets and prices are in force, the rest needs a restart');
        if (waitingFor === undefined) void loadMonth(aggregate.month);
      } catch (error) {
        configStatus = { ...configStatus, lastReloadSuccessful: false };
        log.error('configuration not taken over', { error: (error as Error).message });
      }
    },

    async close() {
      clearInterval(advising);
      await sampling.stop();
      await ledger.close();
    },
  };

  function notReadyBecause(): string | undefined {
    const { up, error } = ledger.health();
    return up ? waitingFor : `the ledger cannot store events: ${error}`;
  }

  function gpuHourlyUsd(model: string): number | undefined {
    const nanoUsd = pricing.gpuHourlyNanoUsd(model);
    return nanoUsd === undefined ? undefined : nanoUsd / 1e9;
  }
}

function pricingOptions(config: Config, file = 'defaults') {
  return { ...config.pricing, gpuRates: config.gpu.rates, file };
}

/** A call as a detector imagines it. */
function callOf(provider: string, model: string, quantities: PerMeter, timestampMs: number): UsageEvent {
  return {
    id: '',
    timestampMs,
    dimensions: {
      provider,
      model,
      tenant_id: '',
      team: '',
      project_id: '',
      feature: '',
      environment: '',
      operation: '',
      service_tier: '',
      status: 'success',
      category: 'api_external',
    },
    quantities,
    userId: '',
    executionId: '',
    promptHash: '',
    latencyMs: undefined,
    reportedCostNanoUsd: undefined,
    tags: '',
  };
}
