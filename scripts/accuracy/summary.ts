import { quantileOf } from '../../exporter/domain/order-statistics.ts';
import type { Point } from './evaluate.ts';

export interface Summary {
  readonly forecasts: number;
  /** Medians of the absolute percentage errors of the month's end. */
  readonly errorRatio: number;
  readonly runRateErrorRatio: number;
  /** The one by the other. */
  readonly againstRunRate: number;
  readonly coverageRatio: number;
  readonly halfWidthRatio: number;
  /** How often each method was chosen, the most frequent first. */
  readonly methods: readonly (readonly [string, number])[];
  readonly dates: number;
  /** Medians; undefined without dates. */
  readonly dateErrorDays: number | undefined;
  readonly runRateDateErrorDays: number | undefined;
  readonly dateCoverageRatio: number | undefined;
}

/** Of at least one point. */
export function summarize(points: readonly Point[]): Summary {
  const median = (value: (point: Point) => number) => quantileOf(points.map(value), 0.5);
  const share = (is: (point: Point) => boolean) => points.filter(is).length / points.length;
  const errorRatio = median(({ error }) => error);
  const runRateErrorRatio = median(({ runRateError }) => runRateError);
  const dates = points.flatMap(({ exhaustion }) => exhaustion ?? []);
  const medianDays = (days: readonly number[]) => (days.length > 0 ? quantileOf(days, 0.5) : undefined);
  const methods = [...new Set(points.map(({ method }) => method))]
    .map((method) => [method, share((point) => point.method === method)] as const)
    .sort(([, a], [, b]) => b - a);
  return {
    forecasts: points.length,
    errorRatio,
    runRateErrorRatio,
    againstRunRate: errorRatio / runRateErrorRatio,
    coverageRatio: share(({ isCovered }) => isCovered),
    halfWidthRatio: median(({ halfWidth }) => halfWidth),
    methods,
    dates: dates.length,
    dateErrorDays: medianDays(dates.map(({ errorDays }) => errorDays)),
    runRateDateErrorDays: medianDays(dates.map(({ runRateErrorDays }) => runRateErrorDays)),
    dateCoverageRatio:
      dates.length > 0 ? dates.filter(({ isCovered }) => isCovered).length / dates.length : undefined,
  };
}
