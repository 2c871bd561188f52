import { pipeline } from 'node:stream/promises';
import { constants, createGzip } from 'node:zlib';
import { Router } from 'express';
import type { App } from '../app/index.ts';
import { encode } from '../publish/encoder.ts';
import { acceptsGzip, CONTENT_TYPES, formatFor } from '../publish/negotiate.ts';
import { writeScrape } from '../publish/write-scrape.ts';
import { onlyMethod } from './errors.ts';

/** `GET /metrics`. */
export function metricsRoutes(app: App): Router {
  const router = Router({ caseSensitive: true, strict: true });
  router
    .route('/metrics')
    .get(async (request, response) => {
      const { headers } = request;
      // Only a Prometheus sends its scrape timeout. A person with curl is shown values, not zeros first.
      const scraper = headers['x-prometheus-scrape-timeout-seconds'] && request.socket.remoteAddress;
      const format = formatFor(headers.accept);
      const { blocks, foreign, done } = await app.scrape(scraper);
      response.set('Content-Type', CONTENT_TYPES[format]).set('Vary', 'Accept, Accept-Encoding');
      const chunks = encode(blocks, format, foreign);
      let bytes: number;
      if (acceptsGzip(headers['accept-encoding'])) {
        response.set('Content-Encoding', 'gzip');
        const gzip = createGzip({ level: constants.Z_BEST_SPEED });
        const sent = pipeline(gzip, response);
        sent.catch(() => {});
        bytes = await writeScrape(chunks, gzip);
        gzip.end();
        await sent;
      } else {
        bytes = await writeScrape(chunks, response);
        response.end();
      }
      done(bytes);
    })
    .all(onlyMethod('GET'));
  return router;
}
