import { setTimeout } from 'node:timers/promises';
import { createGzip, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { exporterForTest, post, postEvents, type RunningExporter } from './support/exporter.ts';
import { parseAnswer, rawClient } from './support/raw-client.ts';

const MIB = 1024 * 1024;
const EVENT = { id: 'e', provider: 'openai', model: 'gpt-4o', usage: { input_tokens: 1 } };

/** Writes the whole body in chunks before it reads any of the answer, as many clients do. */
async function sendAll(
  { port }: RunningExporter,
  bytes: number,
  headers: readonly string[],
  chunk = Buffer.alloc(64 * 1024, ' '),
): Promise<string> {
  const { socket, until } = await rawClient(port);
  const isChunked = headers.includes('Transfer-Encoding: chunked');
  const [before, after] = isChunked ? [`${chunk.length.toString(16)}\r\n`, '\r\n'] : ['', ''];
  const part = Buffer.concat([Buffer.from(before), chunk, Buffer.from(after)]);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.pause();
  socket.write(`${['POST /v1/usage HTTP/1.1', 'Host: x', ...headers].join('\r\n')}\r\n\r\n`);
  for (let sent = 0; sent < bytes && !socket.destroyed; sent += chunk.length) {
    if (!socket.write(part)) {
      await Promise.race([new Promise((resolve) => socket.once('drain', resolve)), closed]);
    }
  }
  if (isChunked) socket.write('0\r\n\r\n');
  socket.resume();
  return until('"}}');
}

describe('a client that sends 100 MB sees that it is refused', () => {
  const json = 'Content-Type: application/json';
  const length = `Content-Length: ${100 * MIB}`;
  const chunked = 'Transfer-Encoding: chunked';
  test.each<[what: string, headers: string[], status: number, code: string]>([
    ['and said so', [json, length], 413, 'body_too_large'],
    ['in chunks', [json, chunked], 413, 'body_too_large'],
    ['of no gzip in chunks', [json, chunked, 'Content-Encoding: gzip'], 400, 'invalid_gzip'],
    ['of the wrong type', ['Content-Type: text/plain', length], 415, 'unsupported_media_type'],
  ])('%s', async (_what, headers, status, code) => {
    const exporter = await exporterForTest();
    const answer = parseAnswer(await sendAll(exporter, 100 * MIB, headers));
    expect(answer).toMatchObject({
      status,
      head: expect.stringContaining('Connection: close'),
      json: { error: { code } },
    });
    expect((await postEvents(exporter, EVENT)).json).toMatchObject({ accepted: 1 });
  });

  test('of gzip that unpacks to nothing, over and over', async () => {
    const exporter = await exporterForTest({ limits: { body_bytes: MIB } });
    const headers = [json, chunked, 'Content-Encoding: gzip'];
    const nothing = gzipSync('');
    const text = await sendAll(exporter, 8 * MIB, headers, Buffer.alloc(3000 * nothing.length, nothing));
    expect(parseAnswer(text)).toMatchObject({ status: 413, json: { error: { code: 'body_too_large' } } });
  });

  test('before it has sent anything, if it asks first', async () => {
    const exporter = await exporterForTest({ limits: { body_bytes: 1000 } });
    const client = await rawClient(exporter.port);
    const head = (length: number) =>
      `POST /v1/usage HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\nExpect: 100-continue\r\n\r\n`;
    client.socket.write(head(2));
    await client.until('HTTP/1.1 100 Continue\r\n\r\n');
    client.socket.write('[]');
    await client.until('"rejected":[]}');
    client.socket.write(head(100 * MIB));
    const text = await client.until('send fewer events');
    expect(text.split('100 Continue')).toHaveLength(2);
    expect(text).toContain('HTTP/1.1 413 Payload Too Large');
  });
});

test('a gzip bomb of 2 GB is refused while it unpacks, in bounded memory', async () => {
  const exporter = await exporterForTest();
  const before = process.memoryUsage().rss;
  const gzip = createGzip();
  const response = fetch(`${exporter.url}/v1/usage`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' },
    body: gzip as unknown as ReadableStream,
    duplex: 'half',
  } as RequestInit);
  let isAnswered = false;
  const answered = response.then((answer) => {
    isAnswered = true;
    return answer;
  });
  const zeros = Buffer.alloc(MIB);
  for (let mib = 0; mib < 2048 && !isAnswered; mib++) {
    if (!gzip.write(zeros))
      await Promise.race([new Promise((resolve) => gzip.once('drain', resolve)), answered]);
  }
  gzip.end();
  expect((await answered).status).toBe(413);
  expect(process.memoryUsage().rss - before).toBeLessThan(300 * MIB);
});

describe('a refused request leaves the connection usable', () => {
  const small = (type: string, body: string) =>
    `POST /v1/usage HTTP/1.1\r\nHost: x\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\n\r\n`;

  test.each([
    ['text/plain', 'x'.repeat(200_000), 'unsupported_media_type'],
    ['application/json', 'x'.repeat(200_000), 'body_too_large'],
  ])('%s', async (type, body, code) => {
    const exporter = await exporterForTest({ limits: { body_bytes: 100_000 } });
    const client = await rawClient(exporter.port);
    client.socket.write(small(type, body));
    expect(parseAnswer(await client.until('"}}')).json).toMatchObject({ error: { code } });
    client.socket.write(body);
    client.socket.write('GET /-/healthy HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    expect((await client.ended).text).toMatch(/healthy\n$/);
  });
});

describe('a client that goes away in the middle', () => {
  // Not compressed, and without its end.
  const openGzip = gzipSync(Buffer.alloc(900, ' '), { level: 0 }).subarray(0, 850);
  test.each<[what: string, encoding: string, body: Buffer]>([
    ['of a body', '', Buffer.alloc(850, ' ')],
    ['of gzip', 'Content-Encoding: gzip\r\n', openGzip],
  ])('%s gives back the memory that it took', async (_what, encoding, body) => {
    const exporter = await exporterForTest({ limits: { body_bytes: 1000 } });
    // One after the other they take twice what all bodies at once may.
    for (let i = 0; i < 40; i++) {
      const client = await rawClient(exporter.port);
      client.socket.write(
        `POST /v1/usage HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${encoding}Content-Length: 900\r\n\r\n`,
      );
      client.socket.write(body);
      // What comes later on another connection is answered: this one's data has been read.
      expect((await postEvents(exporter, [])).status).toBe(200);
      client.socket.resetAndDestroy();
      await client.ended;
    }
    expect((await post(exporter, '/v1/usage', JSON.stringify(EVENT).padStart(1000))).status).toBe(200);
    expect(exporter.ports.lines.filter((line) => line.startsWith('error'))).toEqual([]);
  });
});

test('large requests at once beyond the memory for them are told to come back', async () => {
  const exporter = await exporterForTest({ limits: { body_bytes: 10_000 } });
  const clients = [];
  for (let i = 0; i < 17; i++) {
    const client = await rawClient(exporter.port);
    client.socket.write(
      'POST /v1/usage HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 10000\r\n\r\n',
    );
    client.socket.write(' '.repeat(9_900));
    clients.push(client);
  }
  const text = await Promise.any(clients.map((client) => client.until('"}}')));
  expect(parseAnswer(text)).toMatchObject({ status: 503, json: { error: { code: 'too_many_bodies' } } });
  expect(text).toContain('Retry-After: 1');
});

describe('slow clients are answered 408 and cut off', () => {
  test.each<[what: string, first: string, more: string]>([
    ['a head that never ends', 'POST /v1/usage HTTP/1.1\r\nHost: x\r\n', 'X-A: b\r\n'],
    [
      'a body that trickles',
      'POST /v1/usage HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n',
      ' ',
    ],
    [
      'gzip that trickles',
      'POST /v1/usage HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: 1000\r\n\r\n\x1f\x8b\x08\x08\0\0\0\0\0\x03',
      'a',
    ],
    [
      'chunks that trickle',
      'POST /v1/usage HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n',
      '1\r\n \r\n',
    ],
    ['nothing at all', '', ''],
  ])('%s', async (_what, first, more) => {
    const exporter = await exporterForTest({ limits: { request_seconds: 0.5 } });
    const client = await rawClient(exporter.port);
    client.socket.write(first, 'latin1');
    let isOver = false;
    const ended = client.ended.finally(() => {
      isOver = true;
    });
    while (!isOver) {
      if (more !== '' && !client.socket.destroyed) client.socket.write(more, 'latin1');
      await Promise.race([ended, setTimeout(100)]);
    }
    expect(parseAnswer((await ended).text)).toMatchObject({
      status: 408,
      head: expect.stringContaining('Connection: close'),
      json: { error: { code: 'request_timeout' } },
    });
  });

  test('one that goes on after its refusal gets no second answer', async () => {
    const exporter = await exporterForTest({ limits: { request_seconds: 0.5 } });
    const client = await rawClient(exporter.port);
    client.socket.write(
      'POST /v1/usage HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 1000\r\n\r\n',
    );
    let isOver = false;
    const ended = client.ended.finally(() => {
      isOver = true;
    });
    while (!isOver) {
      if (!client.socket.destroyed) client.socket.write(' ');
      await Promise.race([ended, setTimeout(100)]);
    }
    expect((await ended).text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 415']);
  });

  test('one that does not take the answer is cut off too', async () => {
    const exporter = await exporterForTest({ limits: { request_seconds: 0.5 } }, (app) => ({
      ...app,
      overview: () => ({ ...app.overview(), version: 'x'.repeat(20 * MIB) }),
    }));
    const client = await rawClient(exporter.port);
    client.socket.pause();
    client.socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    const connections = () =>
      new Promise((resolve) => exporter.server.getConnections((_error, count) => resolve(count)));
    await expect.poll(connections, { timeout: 20_000 }).toBe(1);
    await expect.poll(connections, { timeout: 20_000 }).toBe(0);
    client.socket.resume();
    expect((await client.ended).text.length).toBeLessThan(20 * MIB);
  });
});

describe('what is not HTTP', () => {
  test.each<[what: string, text: string, status: number, code: string]>([
    ['words', 'hello\r\n\r\n', 400, 'malformed_request'],
    ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400, 'malformed_request'],
    [
      'two lengths',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
      400,
      'malformed_request',
    ],
    [
      'a length and chunks',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
      400,
      'malformed_request',
    ],
    [
      'a broken chunk',
      'POST /v1/usage HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
      400,
      'malformed_request',
    ],
    [
      'a head of 100 kB',
      `GET / HTTP/1.1\r\nHost: x\r\nX-A: ${'a'.repeat(100_000)}\r\n\r\n`,
      431,
      'headers_too_large',
    ],
  ])('%s', async (_what, text, status, code) => {
    const exporter = await exporterForTest();
    const client = await rawClient(exporter.port);
    client.socket.write(text, 'latin1');
    const { text: answer, isReset } = await client.ended;
    expect(parseAnswer(answer)).toMatchObject({ status, json: { error: { code } } });
    expect(isReset).toBe(false);
  });
});

test('more connections than allowed are refused, which is logged once, and the others served', async () => {
  const exporter = await exporterForTest({ limits: { connections: 2 } });
  const held = [await rawClient(exporter.port), await rawClient(exporter.port)];
  const dropped = [await rawClient(exporter.port), await rawClient(exporter.port)];
  for (const { ended } of dropped) expect((await ended).text).toBe('');
  for (const { socket, until } of held) {
    socket.write('GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(await until('healthy\n')).toContain('200 OK');
  }
  expect(exporter.ports.lines.filter((line) => line.startsWith('warn'))).toEqual([
    'warn connections are refused: there are as many as limits.connections allows {"limit":2}',
  ]);
});
