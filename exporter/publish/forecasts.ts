import type { DimensionForecast } from '../domain/forecast.ts';
import { usdFromNanoUsd } from '../domain/money.ts';
import { fixedBlock, type SampleBlock } from '../domain/samples.ts';

export function forecastBlocks(forecasts: readonly DimensionForecast[]): SampleBlock[] {
  return [
    fixedBlock(
      'llm_cost_forecast_usd',
      forecasts.flatMap(({ dimension, value, endNanoUsd: { lower, mid, upper } }) =>
        (
          [
            ['0.05', lower],
            ['0.5', mid],
            ['0.95', upper],
          ] as const
        ).map(([quantile, nanoUsd]) => [[dimension, value, quantile], usdFromNanoUsd(nanoUsd)] as const),
      ),
    ),
  ];
}
