import type { Config } from '../config/schema.ts';
import type { Anomaly } from '../domain/anomaly.ts';
import type { DimensionForecast } from '../domain/forecast.ts';
import type { Overview } from '../domain/overview.ts';
import type { Period } from '../domain/period.ts';
import type { SampleBlock } from '../domain/samples.ts';
import type { RejectionCode, SkipReason } from '../ingest/outcome.ts';
import type { SourceId, SourceRequest } from '../ingest/source.ts';
import type { Family } from '../publish/catalogue.ts';
import type { BudgetDesk } from './budget-desk.ts';
import type { Gatekeeper } from './gatekeeper.ts';

export type { SourceId, SourceRequest };

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
  /** Calls that are rightly not counted, by reason; absent if there are none. */
  readonly skipped?: Readonly<Partial<Record<SkipReason, number>>>;
}

/** One state of everything that is published. */
export interface Scrape {
  readonly blocks: readonly SampleBlock[];
  /** Families that are not in the catalogue: Node's and the process's own. */
  readonly foreign: ReadonlyMap<string, Family>;
  /** Tells how large the scrape was, once it is written. */
  done(bytes: number): void;
}

/** The running application, without its HTTP edge. Failures are `CodedError`s. */
export interface App {
  /** Takes in one request of a source. Resolves after the commit. */
  ingest(source: SourceId, request: SourceRequest): Promise<IngestAnswer>;
  /** `scraper` names a Prometheus: it is shown new counters at 0 first. */
  scrape(scraper: string | undefined): Promise<Scrape>;
  overview(): Overview;
  /** What the calendar month is expected to have cost at its end, by dimension; none while too little is known. */
  forecasts(): { readonly month: Period; readonly forecasts: readonly DimensionForecast[] };
  /** What lasts, then what is over; each newest first. */
  anomalies(): readonly Anomaly[];
  /** Shows budgets, and sets those that are not in the configuration file. */
  readonly budgets: BudgetDesk;
  /** Answers calls that ask whether they may run. */
  readonly gatekeeper: Gatekeeper;
  notReadyBecause(): string | undefined;
  /** Takes budgets and prices from a configuration read anew; keeps the old ones if it cannot be read. */
  reload(read: () => Config): void;
  close(): Promise<void>;
}
