import { createServer, type Server } from 'node:http';
import expressApp, { type RequestHandler } from 'express';
import type { App } from '../app/index.ts';
import type { Log } from '../domain/ports.ts';
import { anomalyRoutes } from './anomaly-routes.ts';
import { budgetRoutes } from './budget-routes.ts';
import { type DecisionEdge, decisionEdge } from './decision-routes.ts';
import { errorBody, errorHandler, HTTP_ERRORS, notFound } from './errors.ts';
import { forecastRoutes } from './forecast-routes.ts';
import { guardConnections } from './guard-connections.ts';
import { healthRoutes } from './health-routes.ts';
import { metricsRoutes } from './metrics-routes.ts';
import { otlpNotFound, otlpRoutes } from './otlp-routes.ts';
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
  const readBody = bodyReader(limits.body_bytes);
  const decisions = decisionEdge(app);
  const routes = [
    usageRoutes(app, readBody),
    decisions.routes,
    budgetRoutes(app),
    forecastRoutes(app),
    anomalyRoutes(app),
    otlpRoutes(app, readBody, log),
    metricsRoutes(app),
    healthRoutes(app),
    pageRoutes(app),
    notFound,
  ];
  return serve(routes, limits, log, decisions.answer);
}

/** A second edge that takes in OTLP and nothing else. It has its own limits, with the same values. */
export function createOtlpServer(app: App, limits: ServerLimits, log: Log): Server {
  return serve([otlpRoutes(app, bodyReader(limits.body_bytes), log), otlpNotFound], limits, log);
}

function serve(
  routes: readonly RequestHandler[],
  limits: ServerLimits,
  log: Log,
  first?: DecisionEdge['answer'],
): Server {
  const http = expressApp();
  http.disable('x-powered-by');
  http.disable('etag');
  http.set('query parser', 'simple');
  for (const route of routes) http.use(route);
  http.use(errorHandler(log));

  const requestMs = limits.request_seconds * 1000;
  const server = createServer(
    {
      requestTimeout: requestMs,
      headersTimeout: Math.min(10_000, requestMs),
      connectionsCheckingInterval: 1000,
      keepAliveTimeout: 65_000,
    },
    (request, response) => {
      const target = request.url ?? '';
      if (target.startsWith('/') || URL.canParse(target, 'http://host')) {
        const express = () => void http(request, response);
        return first ? first(request, response, express) : express();
      }
      // Express would answer by itself, in HTML.
      response.statusCode = HTTP_ERRORS.malformed_request.status;
      response.setHeader('Content-Type', 'application/json; charset=utf-8').setHeader('Connection', 'close');
      response.end(errorBody('malformed_request', 'the request target is not a URL'));
    },
  );
  guardConnections(server, { connections: limits.connections, requestMs }, log);
  // A client that asks first is not told to go on with a body that is going to be refused.
  server.on('checkContinue', (request, response) => {
    if (!(Number(request.headers['content-length']) > limits.body_bytes)) response.writeContinue();
    server.emit('request', request, response);
  });
  return server;
}
