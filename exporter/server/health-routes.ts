import { Router } from 'express';
import type { App } from '../app/index.ts';
import { onlyMethod } from './errors.ts';

/** Healthy: the process answers. Ready: the ledger is open and the counters continue from it. */
export function healthRoutes(app: App): Router {
  const router = Router({ caseSensitive: true, strict: true });
  router
    .route('/-/healthy')
    .get((_request, response) => void response.type('text').send('healthy\n'))
    .all(onlyMethod('GET'));
  router
    .route('/-/ready')
    .get((_request, response) => {
      const waiting = app.notReadyBecause();
      if (waiting === undefined) response.type('text').send('ready\n');
      else response.status(503).set('Retry-After', '1').type('text').send(`not ready: ${waiting}\n`);
    })
    .all(onlyMethod('GET'));
  return router;
}
