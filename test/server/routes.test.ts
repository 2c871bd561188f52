import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { post, type RunningExporter, request, startExporter } from './support/exporter.ts';
import { parseAnswer, rawClient } from './support/raw-client.ts';

let exporter: RunningExporter;
beforeAll(async () => {
  exporter = await startExporter();
});
afterAll(() => exporter.close());

const GET_PATHS = ['/', '/metrics', '/-/healthy', '/-/ready', '/api/v1/opportunities'];
const POST_PATHS = ['/v1/usage', '/v1/usage/openai'];

describe.each(GET_PATHS)('%s', (path) => {
  test('GET and HEAD', async () => {
    const got = await request(exporter.url + path);
    expect(got.status).toBe(200);
    const headed = await request(exporter.url + path, { method: 'HEAD' });
    expect(headed).toMatchObject({ status: 200, text: '' });
    expect(headed.headers.get('content-type')).toBe(got.headers.get('content-type'));
  });
  test.each(['POST', 'PUT', 'DELETE', 'PATCH'])('%s is not allowed', async (method) => {
    const { status, headers, json } = await request(exporter.url + path, { method });
    expect(status).toBe(405);
    expect(headers.get('allow')).toBe('GET, HEAD, OPTIONS');
    expect(json).toEqual({
      error: { code: 'method_not_allowed', message: `${method} ${path}: expected GET` },
    });
  });
  test('OPTIONS says what is', async () => {
    const { status, headers } = await request(exporter.url + path, { method: 'OPTIONS' });
    expect([status, headers.get('allow')]).toEqual([204, 'GET, HEAD, OPTIONS']);
  });
});

describe.each(POST_PATHS)('%s', (path) => {
  test.each(['GET', 'PUT', 'DELETE'])('%s is not allowed', async (method) => {
    const { status, headers, json } = await request(exporter.url + path, { method });
    expect([status, headers.get('allow')]).toEqual([405, 'POST, OPTIONS']);
    expect(json).toMatchObject({ error: { code: 'method_not_allowed' } });
  });
  test('HEAD is not either', async () => {
    const { status, headers, text } = await request(exporter.url + path, { method: 'HEAD' });
    expect([status, headers.get('allow'), text]).toEqual([405, 'POST, OPTIONS', '']);
  });
  test('OPTIONS says what is', async () => {
    const { status, headers } = await request(exporter.url + path, { method: 'OPTIONS' });
    expect([status, headers.get('allow')]).toEqual([204, 'POST, OPTIONS']);
  });
});

test.each([
  '/v2/usage',
  '/v1',
  '/v1/usage/',
  '/v1/usage/openai/',
  '/v1/usage/openai/x',
  '/V1/usage',
  '/metrics/',
  '/Metrics',
  '//',
  '/-/',
  '/%00',
  '/%zz',
  '/favicon.ico',
  '/api/v1/opportunities/1',
  '/__proto__',
])('%s is not found', async (path) => {
  for (const method of ['GET', 'POST']) {
    const { status, json } = await request(exporter.url + path, { method });
    expect({ status, json }).toMatchObject({ status: 404, json: { error: { code: 'not_found' } } });
  }
});

test.each(['/v1/usage/%', '/v1/usage/%zz', '/v1/usage/%E0%A4%A'])('%s is a bad path', async (path) => {
  const { status, json } = await post(exporter, path, '{}');
  expect({ status, json }).toMatchObject({ status: 400, json: { error: { code: 'invalid_path' } } });
});

test.each([
  ['another origin', 'GET http://elsewhere/-/healthy HTTP/1.1', 200],
  ['no origin', 'OPTIONS * HTTP/1.1', 404],
  ['a path of two slashes', 'GET //elsewhere/metrics HTTP/1.1', 404],
  ['a path that is no URL', 'GET http://[ HTTP/1.1', 400],
])('a request for %s is answered', async (_what, line, status) => {
  const client = await rawClient(exporter.port);
  client.socket.write(`${line}\r\nHost: x\r\nConnection: close\r\n\r\n`);
  const { text } = await client.ended;
  expect(Number(text.split(' ')[1])).toBe(status);
  const codes: Record<number, string> = { 400: 'malformed_request', 404: 'not_found' };
  if (status !== 200) expect(parseAnswer(text).json).toMatchObject({ error: { code: codes[status] } });
});

test('a query where every event has its own fields is refused, so that no tenant is lost', async () => {
  const { status, json } = await post(exporter, '/v1/usage?tenant_id=acme&x=1', '[]');
  expect({ status, json }).toEqual({
    status: 400,
    json: {
      error: {
        code: 'unexpected_attributes',
        message: expect.stringMatching(/^tenant_id, x: .* expected fields in each event$/),
      },
    },
  });
});

test('a failure of our own says nothing but that, and the log has it', async () => {
  const broken = await startExporter({}, (app) => ({
    ...app,
    ingest: () => Promise.reject(new Error('the secret')),
  }));
  const { status, text } = await post(broken, '/v1/usage', '{}');
  await broken.close();
  expect([status, JSON.parse(text).error.code]).toEqual([500, 'internal_error']);
  expect(text).not.toContain('secret');
  expect(broken.ports.lines).toContainEqual(
    expect.stringMatching(/^error request failed .*Error: the secret/),
  );
});
