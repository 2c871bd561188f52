import { Router } from 'express';
import type { App } from '../app/index.ts';
import { usdFromNanoUsd } from '../domain/money.ts';
import { onlyMethod } from './errors.ts';

/** What the month is expected to cost, by value of each dimension. Budgets have theirs beside their spend. */
export function forecastRoutes(app: App): Router {
  const router = Router({ caseSensitive: true, strict: true });
  router
    .route('/api/v1/forecasts')
    .get((_request, response) => {
      const { month, forecasts } = app.forecasts();
      response.json({
        period: {
          start: new Date(month.startMs).toISOString(),
          end: new Date(month.endMs).toISOString(),
        },
        forecasts: forecasts.map(({ dimension, value, method, endNanoUsd: { lower, mid, upper } }) => ({
          dimension,
          value,
          method,
          end_usd: { lower: usdFromNanoUsd(lower), mid: usdFromNanoUsd(mid), upper: usdFromNanoUsd(upper) },
        })),
      });
    })
    .all(onlyMethod('GET'));
  return router;
}
