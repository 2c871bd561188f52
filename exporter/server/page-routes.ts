import { Router } from 'express';
import type { App } from '../app/index.ts';
import { landingPage } from '../web/landing-page.ts';
import { onlyMethod } from './errors.ts';

/** What a person looks at, and the evidence behind the opportunities. */
export function pageRoutes(app: App): Router {
  const router = Router({ caseSensitive: true, strict: true });
  router
    .route('/')
    .get((_request, response) => {
      response
        .set('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'")
        .set('X-Content-Type-Options', 'nosniff')
        .type('html')
        .send(landingPage(app.overview()));
    })
    .all(onlyMethod('GET'));
  router
    .route('/api/v1/opportunities')
    .get((_request, response) => void response.json({ opportunities: app.overview().opportunities }))
    .all(onlyMethod('GET'));
  return router;
}
