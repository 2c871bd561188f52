import { Router } from 'express';
import type { App } from '../app/index.ts';
import type { Anomaly } from '../domain/anomaly.ts';
import { usdFromNanoUsd } from '../domain/money.ts';
import { onlyMethod } from './errors.ts';

/** Hours and days that cost more, or less, than they usually do. */
export function anomalyRoutes(app: App): Router {
  const router = Router({ caseSensitive: true, strict: true });
  router
    .route('/api/v1/anomalies')
    .get((_request, response) => void response.json({ anomalies: app.anomalies().map(shown) }))
    .all(onlyMethod('GET'));
  return router;
}

/** What is not known is null: the end of what lasts, a cause, the deviation from nothing (JSON has no infinity). */
function shown(anomaly: Anomaly) {
  const { startedMs, endedMs, expected, deviationRatio, cause } = anomaly;
  return {
    tenant: anomaly.tenantId,
    window: anomaly.window,
    severity: anomaly.severity,
    started: new Date(startedMs).toISOString(),
    ended: endedMs === undefined ? null : new Date(endedMs).toISOString(),
    cost_usd: usdFromNanoUsd(anomaly.costNanoUsd),
    expected: {
      lower: usdFromNanoUsd(expected.lower),
      mid: usdFromNanoUsd(expected.mid),
      upper: usdFromNanoUsd(expected.upper),
    },
    deviation_percent: deviationRatio * 100,
    score: anomaly.score,
    cause: cause
      ? {
          kind: cause.kind,
          value: cause.value,
          usd: usdFromNanoUsd(cause.nanoUsd),
          share: cause.shareRatio,
        }
      : null,
  };
}
