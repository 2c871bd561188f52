import { createServer, type Server } from 'node:http';
import express from 'express';
import type { App } from '../app/index.ts';
import type { Log } from '../domain/ports.ts';
import { errorHandler, notFound } from './errors.ts';
import { healthRoutes } from './health-routes.ts';
import { metricsRoutes } from './metrics-routes.ts';
import { pageRoutes } from './page-routes.ts';
import { bodyReader } from './read-body.ts';
import { usageRoutes } from './usage-routes.ts';

export interface ServerLimits {
  readonly body_bytes: number;
  readonly connections: number;
  readonly request_seconds: number;
}

/** The HTTP edge of an app. Not listening yet. */
export function createHttpServer(app: App, limits: ServerLimits, log: Log): Server {
  const http = express();
  http.disable('x-powered-by');
  http.disable('etag');
  http.set('query parser', 'simple');
  http.use(usageRoutes(app, bodyReader(limits.body_bytes)));
  http.use(metricsRoutes(app));
  http.use(healthRoutes(app));
  http.use(pageRoutes(app));
  http.use(notFound);
  http.use(errorHandler(log));

  const server = createServer(
    {
      requestTimeout: limits.request_seconds * 1000,
      headersTimeout: Math.min(10, limits.request_seconds) * 1000,
      connectionsCheckingInterval: 1000,
      keepAliveTimeout: 65_000,
    },
    http,
  );
  server.maxConnections = limits.connections;
  return server;
}
