import type { Config } from '../config/schema.ts';
import type { BudgetDefinition, BudgetUnit } from '../domain/budget.ts';
import type { BudgetScope, DimensionField } from '../domain/budget-scope.ts';
import { type DimensionForecast, type ForecastPath, pathAt } from '../domain/forecast.ts';
import { monthOf, type Period, periodAt } from '../domain/period.ts';
import type { Ports } from '../domain/ports.ts';
import { HOUR_MS, type HourlySeries } from '../domain/series.ts';
import type { ForecastThread } from '../forecast/forecast-thread.ts';
import type { Ledger } from '../ledger/ledger.ts';

const DAY_MS = 86_400_000;

export interface ForesightSources {
  readonly ledger: Pick<Ledger, 'hourly'>;
  readonly thread: Pick<ForecastThread, 'forecastAll'>;
  readonly definitions: () => readonly BudgetDefinition[];
  readonly timeZone: string;
  readonly settings: Config['forecast'];
  readonly ports: Ports;
}

/** Expects, every now and then, what is to come: for each budget, and for the month of the largest of each dimension. */
export class Foresight {
  readonly #sources: ForesightSources;
  /** What was asked last, if anything was known. */
  #answered: string | undefined;
  #paths: ReadonlyMap<string, ForecastPath> = new Map();
  #dimensions: readonly DimensionForecast[] = [];

  constructor(sources: ForesightSources) {
    this.#sources = sources;
  }

  /** Undefined while too little is known, and for hours, which are over before a forecast is made. */
  pathOf = (definition: BudgetDefinition): ForecastPath | undefined => this.#paths.get(keyOf(definition));

  /** The dimensions in the order of the settings, of each the largest value first. */
  get dimensions(): readonly DimensionForecast[] {
    return this.#dimensions;
  }

  /** Never rejects. */
  async look(): Promise<void> {
    try {
      await this.#look();
    } catch (error) {
      this.#sources.ports.log.warn('nothing was forecast', { error: (error as Error).message });
    }
  }

  async #look(): Promise<void> {
    const { ledger, thread, timeZone, settings, ports } = this.#sources;
    const nowMs = ports.now();
    const month = monthOf(nowMs, timeZone);
    const toMs = Math.floor(nowMs / HOUR_MS) * HOUR_MS;
    const fromMs = Math.min(
      toMs - settings.history_days * DAY_MS,
      Math.floor(month.startMs / HOUR_MS) * HOUR_MS,
    );
    const asked = [...this.#budgetQuestions(nowMs), ...dimensionQuestions(settings, month, timeZone)];
    // Hours that are over hardly change, and months of them take a large ledger's reader many seconds.
    const asking = JSON.stringify([toMs, asked]);
    if (asking === this.#answered) return;
    const found = await ledger.hourly({ fromMs, toMs, selections: asked.map(({ selection }) => selection) });
    const questions = asked.flatMap((question, at) =>
      found[at]!.map((selected) => ({ ...question, ...selected })),
    );
    const outcomes = await thread.forecastAll(
      questions.map(({ series, horizonEndMs, zone }) => ({
        series,
        options: { horizonEndMs, timeZone: zone },
      })),
    );
    const paths = new Map<string, ForecastPath>();
    const dimensions: DimensionForecast[] = [];
    questions.forEach(({ key, dimension, value, series }, at) => {
      const outcome = outcomes[at]!;
      if (outcome.kind !== 'forecast') return;
      if (key !== undefined) paths.set(key, outcome);
      else if (dimension && value) dimensions.push(monthEnd(dimension, value, series, month, outcome));
    });
    this.#paths = paths;
    this.#dimensions = dimensions;
    this.#answered = paths.size + dimensions.length > 0 ? asking : undefined;
  }

  #budgetQuestions(nowMs: number): Question[] {
    const questions = this.#sources
      .definitions()
      .filter(({ each, period }) => each === undefined && period.kind !== 'rolling' && period.kind !== 'hour')
      .map((definition): [string, Question] => {
        const { scope, unit, period, timeZone } = definition;
        const horizonEndMs = periodAt(period, nowMs, timeZone).endMs;
        const key = keyOf(definition);
        return [key, { key, selection: { scope, unit }, horizonEndMs, zone: timeZone }];
      });
    return [...new Map(questions).values()];
  }
}

/** One series, or one for each of the largest values of a dimension, and how far it is to be continued. */
interface Question {
  readonly key?: string;
  readonly dimension?: DimensionField;
  readonly selection: {
    readonly scope: BudgetScope;
    readonly unit: BudgetUnit;
    readonly by?: { readonly field: DimensionField; readonly top: number };
  };
  readonly horizonEndMs: number;
  readonly zone: string;
}

function dimensionQuestions(
  { dimensions, top }: Config['forecast'],
  month: Period,
  timeZone: string,
): Question[] {
  if (top === 0) return [];
  return dimensions.map((dimension) => ({
    dimension,
    selection: { scope: [], unit: 'usd', by: { field: dimension, top } },
    horizonEndMs: month.endMs,
    zone: timeZone,
  }));
}

/** Budgets of the same charges and periods share a path. */
function keyOf({ scope, unit, period, timeZone }: BudgetDefinition): string {
  return JSON.stringify([scope, unit, period, timeZone]);
}

/** What the month has cost in whole hours, and what is to come. */
function monthEnd(
  dimension: DimensionField,
  value: string,
  { startMs, amounts }: HourlySeries,
  month: Period,
  path: ForecastPath,
): DimensionForecast {
  const firstHour = Math.max(0, Math.ceil((month.startMs - startMs) / HOUR_MS));
  const soFar = amounts.subarray(firstHour).reduce((sum, amount) => sum + amount, 0);
  const toCome = pathAt(path, month.endMs);
  return {
    dimension,
    value,
    method: path.method,
    endNanoUsd: {
      lower: soFar + toCome.lower,
      mid: soFar + toCome.mid,
      upper: soFar + toCome.upper,
    },
  };
}
