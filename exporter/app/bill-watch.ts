import { BillError } from '../bills/bill.ts';
import { eventsToBook } from '../bills/booking.ts';
import { readBill } from '../bills/index.ts';
import { secondsToNextLook } from '../bills/next-look.ts';
import { type ReconciledDay, reconcile } from '../bills/reconcile.ts';
import { DAY_MS, daysOf, isIn, trailingDays } from '../bills/utc-days.ts';
import type { Config } from '../config/schema.ts';
import { reportedPrice } from '../domain/apply-rate-card.ts';
import type { Charge } from '../domain/charge.ts';
import type { LedgerTotal } from '../domain/ledger-sums.ts';
import type { Ports } from '../domain/ports.ts';
import type { UsageEvent } from '../domain/usage-event.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { reportedCard } from '../pricing/rate-card.ts';
import type { BillStatus } from '../publish/bills.ts';
import type { SelfMetrics } from '../publish/self-metrics.ts';

export interface BillWatchOptions {
  readonly settings: Config['bills'][number];
  readonly fetch: typeof fetch;
  readonly ledger: Pick<Ledger, 'totalsBetween'>;
  readonly store: (charges: readonly Charge[]) => Promise<Uint8Array>;
  readonly self: Pick<SelfMetrics, 'ingested'>;
  readonly ports: Ports;
}

/** Reads one provider's bill every now and then, sets it beside what was counted, and books it where it is the cost. */
export class BillWatch {
  readonly #options: BillWatchOptions;
  readonly #stop = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<number> | undefined;
  #failures = 0;
  #up: boolean | undefined;
  #lastSuccessMs: number | undefined;
  #days: readonly ReconciledDay[] = [];

  constructor(options: BillWatchOptions) {
    this.#options = options;
  }

  /** The days of the window as it is now; those of a look that failed since are as they were read before it. */
  get status(): BillStatus {
    const { settings, ports } = this.#options;
    const window = trailingDays(ports.now(), settings.window_days);
    return {
      provider: settings.provider,
      up: this.#up,
      lastSuccessMs: this.#lastSuccessMs,
      days: this.#days.filter(({ dayMs }) => isIn(window, dayMs)),
    };
  }

  /** The first look, now; the others follow by themselves. Does nothing the second time. */
  start(): void {
    if (this.#timer === undefined) this.#schedule(0);
  }

  /** Never rejects. Resolves to the seconds until the next look; a call while one is under way joins it. */
  look(): Promise<number> {
    this.#running ??= this.#lookOnce().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    clearTimeout(this.#timer);
    await this.#running;
  }

  #schedule(delayMs: number): void {
    clearTimeout(this.#timer);
    if (this.#stop.signal.aborted) return;
    this.#timer = setTimeout(async () => this.#schedule((await this.look()) * 1000), delayMs).unref();
  }

  async #lookOnce(): Promise<number> {
    const { settings, ports } = this.#options;
    let retryAfterSeconds: number | undefined;
    try {
      this.#days = await this.#readDays();
      this.#failures = 0;
      this.#lastSuccessMs = ports.now();
      this.#enter(true);
    } catch (error) {
      if (this.#stop.signal.aborted) return settings.interval_seconds;
      this.#failures += 1;
      if (error instanceof BillError) retryAfterSeconds = error.retryAfterSeconds;
      this.#enter(false, error as Error);
    }
    return secondsToNextLook(settings.interval_seconds, this.#failures, retryAfterSeconds);
  }

  async #readDays(): Promise<ReconciledDay[]> {
    const { settings, fetch, ports } = this.#options;
    const { provider, window_days, bill_only: billOnly } = settings;
    const nowMs = ports.now();
    const window = trailingDays(nowMs, window_days);
    const bill = await readBill(settings, window, { fetch, nowMs, signal: this.#stop.signal });
    const days: ReconciledDay[] = [];
    for (const dayMs of daysOf(window)) {
      let totals = await this.#totalsOf(dayMs);
      if (billOnly) {
        const lines = bill.lines.filter((line) => line.dayMs === dayMs);
        await this.#book(eventsToBook(provider, lines, totals, nowMs));
        totals = await this.#totalsOf(dayMs);
      }
      days.push(reconcile(dayMs, bill, totals, { provider, billOnly, nowMs }));
    }
    return days;
  }

  #totalsOf(dayMs: number): Promise<readonly LedgerTotal[]> {
    return this.#options.ledger.totalsBetween(dayMs, dayMs + DAY_MS);
  }

  /** The amounts are the bill's own, whatever `pricing` says of costs that senders report. */
  async #book(events: readonly UsageEvent[]): Promise<void> {
    if (events.length === 0) return;
    const { store, self } = this.#options;
    const charges = events.map((event) => {
      const { provider, model, service_tier } = event.dimensions;
      const card = reportedCard(provider, model, service_tier);
      return { event, price: reportedPrice(card, event.reportedCostNanoUsd!) };
    });
    const stored = await store(charges).catch((error) => {
      self.ingested('bill', 'failed', charges.length);
      throw error;
    });
    const accepted = stored.reduce((sum, flag) => sum + flag, 0);
    self.ingested('bill', 'accepted', accepted);
    self.ingested('bill', 'duplicate', charges.length - accepted);
  }

  /** Logged once per change, and not when all is well from the start. */
  #enter(up: boolean, error?: Error): void {
    const before = this.#up;
    this.#up = up;
    if (before === up) return;
    const { settings, ports } = this.#options;
    const { provider } = settings;
    if (!up) ports.log.warn('the bill cannot be read', { provider, error: error?.message });
    else if (before === false) ports.log.info('the bill can be read again', { provider });
  }
}
