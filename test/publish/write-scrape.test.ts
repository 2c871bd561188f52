import { once } from 'node:events';
import { createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { SampleBlock } from '../../exporter/domain/samples.ts';
import { encode } from '../../exporter/publish/encoder.ts';
import { writeScrape } from '../../exporter/publish/write-scrape.ts';
import { scrape } from './scrape.ts';

/** Some 3 MB: more than sockets and streams buffer by themselves. Long runs of rows are retired. */
const BLOCK: SampleBlock = {
  family: 'llm_cost_rate_usd_per_hour',
  length: 50_000,
  unit: 'plain',
  labelsAt: (row) => (row % 1000 < 300 ? undefined : [`tenant-${row}`, 'api_external']),
  valueAt: (row) => row,
};

/** Tells when the generator was left, whichever way. */
function watchedChunks() {
  const left = Promise.withResolvers<void>();
  let asked = 0;
  async function* chunks() {
    try {
      for await (const chunk of encode([BLOCK], 'text')) {
        asked++;
        yield chunk;
      }
    } finally {
      left.resolve();
    }
  }
  return { chunks: chunks(), left: left.promise, asked: () => asked };
}

describe('writeScrape', () => {
  test('a slow sink gets every byte once, and chunks are made no faster than it takes them', async () => {
    const received: Buffer[] = [];
    let mostAhead = 0;
    const { chunks, asked } = watchedChunks();
    const sink = new Writable({
      highWaterMark: 1,
      write(chunk: Buffer, _, done) {
        mostAhead = Math.max(mostAhead, asked() - received.length);
        // The bytes are looked at late, when a refilled arena would show.
        let turns = 10;
        const lookLater = () => {
          if (--turns > 0) return setImmediate(lookLater);
          received.push(Buffer.from(chunk));
          done();
        };
        setImmediate(lookLater);
      },
    });
    const bytes = await writeScrape(chunks, sink);
    const text = Buffer.concat(received).toString();
    expect(text).toBe(await scrape([BLOCK]));
    expect(bytes).toBe(Buffer.byteLength(text));
    expect(mostAhead).toBeLessThanOrEqual(2);
    expect(sink.listenerCount('close') + sink.listenerCount('error')).toBe(0);
  });

  test('through gzip to the letter', async () => {
    const gzip = createGzip({ level: 1 });
    const received: Buffer[] = [];
    const reading = pipeline(gzip, createGunzip(), async (source: AsyncIterable<Buffer>) => {
      for await (const part of source) received.push(part);
    });
    await writeScrape(encode([BLOCK], 'text'), gzip);
    gzip.end();
    await reading;
    expect(Buffer.concat(received).toString()).toBe(await scrape([BLOCK]));
  });

  test('a sink that fails ends the scrape with its error', async () => {
    const { chunks, left, asked } = watchedChunks();
    const sink = new Writable({ write: (_chunk, _encoding, done) => done(new Error('disk on fire')) });
    await expect(writeScrape(chunks, sink)).rejects.toThrow('disk on fire');
    await left;
    expect(asked()).toBeLessThan(4);
  });

  test('a sink that never answers lets go when it is destroyed', async () => {
    const { chunks, left, asked } = watchedChunks();
    const sink = new Writable({ write() {} });
    const writing = writeScrape(chunks, sink);
    const outcome = expect(writing).rejects.toThrow();
    await new Promise(setImmediate);
    sink.destroy();
    await outcome;
    await left;
    expect(asked()).toBeLessThan(4);
  });

  test('a sink that is gone already is not written to', async () => {
    const { chunks, left } = watchedChunks();
    const sink = new Writable({ write() {} });
    sink.destroy();
    await once(sink, 'close');
    await expect(writeScrape(chunks, sink)).rejects.toThrow('went away');
    await left;
  });

  test('over HTTP, two readers at once, a third one leaves in the middle', async () => {
    const outcomes: Promise<string>[] = [];
    const server = createServer((_request, response) => {
      outcomes.push(
        writeScrape(encode([BLOCK], 'text'), response).then(
          () => {
            response.end();
            return 'whole';
          },
          () => 'cut off',
        ),
      );
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const open = async () => {
      const [response] = (await once(get({ port, agent: false }), 'response')) as [IncomingMessage];
      return response;
    };
    const read = async () => {
      const parts: Buffer[] = [];
      for await (const part of await open()) parts.push(part);
      return Buffer.concat(parts).toString();
    };
    const leave = async () => {
      const response = await open();
      response.destroy();
    };
    const [first, second] = await Promise.all([read(), read(), leave()]);
    const expected = await scrape([BLOCK]);
    expect(first === expected).toBe(true);
    expect(second === expected).toBe(true);
    expect((await Promise.all(outcomes)).sort()).toEqual(['cut off', 'whole', 'whole']);
    server.close();
    await once(server, 'close');
  });
});
