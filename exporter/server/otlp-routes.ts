import { Router } from 'express';
import type { App } from '../app/index.ts';
import type { ReadBody } from './read-body.ts';

/** OTLP/HTTP: `POST /v1/traces`, `/v1/metrics`, `/v1/logs`. */
export function otlpRoutes(_app: App, _readBody: ReadBody): Router {
  return Router({ caseSensitive: true, strict: true });
}
