import { describe, expect, test } from 'vitest';
import { acceptsGzip, CONTENT_TYPES, formatFor } from '../../exporter/publish/negotiate.ts';

test('content types are what Prometheus expects, to the letter', () => {
  expect(CONTENT_TYPES).toEqual({
    text: 'text/plain; version=0.0.4; charset=utf-8',
    openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
  });
});

const PROMETHEUS_2 =
  'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1';
const PROMETHEUS_3 =
  'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2';
const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

describe('Accept', () => {
  test.each([
    [undefined, 'text'],
    ['', 'text'],
    ['*/*', 'text'],
    ['text/*', 'text'],
    ['text/plain', 'text'],
    [BROWSER, 'text'],
    ['application/json', 'text'],
    [PROMETHEUS_2, 'openmetrics'],
    [PROMETHEUS_3, 'openmetrics'],
    ['application/openmetrics-text', 'openmetrics'],
    ['Application/OpenMetrics-Text; Version="1.0.0"; charset=utf-8', 'openmetrics'],
    ['application/openmetrics-text;version=0.0.1', 'text'],
    ['application/openmetrics-text;version=2.0.0', 'text'],
    ['application/openmetrics-text;version=1.0.0;q=0', 'text'],
    ['application/openmetrics-text;q=0.3,text/plain;q=0.7', 'text'],
    ['text/plain;q=0.3,application/openmetrics-text;q=0.7', 'openmetrics'],
    ['text/plain, application/openmetrics-text', 'text'],
    ['application/openmetrics-text, text/plain', 'openmetrics'],
    ['text/plain;version=1.0.0, application/openmetrics-text;q=0.1', 'openmetrics'],
    ['application/openmetrics-text;q=high,text/plain;q=0.1', 'text'],
    ['application/openmetrics-text;q=2,text/plain;q=0.1', 'text'],
    [';;,,=;q=1', 'text'],
  ])('%s → %s', (accept, expected) => {
    expect(formatFor(accept)).toBe(expected);
  });
});

describe('Accept-Encoding', () => {
  test.each([
    [undefined, false],
    ['', false],
    ['gzip', true],
    ['GZIP', true],
    ['x-gzip', true],
    ['deflate, gzip;q=0.5, br', true],
    ['gzip;q=0', false],
    ['gzip; q=0.000', false],
    ['*', true],
    ['*;q=0', false],
    ['gzip;q=0, *', false],
    ['gzip;q=0.1, *;q=0', true],
    ['identity', false],
    ['identity, gzip', true],
    ['identity;q=1, gzip;q=0.5', false],
    ['br', false],
  ])('%s → %s', (acceptEncoding, expected) => {
    expect(acceptsGzip(acceptEncoding)).toBe(expected);
  });
});
