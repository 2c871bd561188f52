import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createEngineSampler } from '../../exporter/samplers/engine.ts';
import { scrapeTarget } from '../../exporter/samplers/scrape-target.ts';
import { exposition, fakeTarget } from './fake-target.ts';

const MIB = 1024 * 1024;
const GOOD = 'up{a="b"} 1\n';

const scrape = (url: string, signal = new AbortController().signal) =>
  scrapeTarget({ url, wanted: new Set(['up']), prefix: /^up/m }, signal);

describe('scrapeTarget', () => {
  it('reads a plain and a compressed answer, and asks for text', async () => {
    const target = await fakeTarget();
    const accepted: (string | undefined)[] = [];
    for (const zip of [false, true]) {
      target.become((request, response) => {
        accepted.push(request.headers.accept);
        if (zip) response.setHeader('content-encoding', 'gzip');
        response.end(zip ? gzipSync(GOOD) : GOOD);
      });
      expect(await scrape(target.url)).toEqual([{ name: 'up', labels: new Map([['a', 'b']]), value: 1 }]);
    }
    expect(accepted).toEqual(Array(2).fill(expect.stringMatching(/^text\/plain;version=0\.0\.4, /)));
  });

  it('is content with a target that has none of the wanted metrics yet', async () => {
    expect(await scrape((await fakeTarget('up_since 1\n')).url)).toEqual([]);
  });

  it.each([
    [500, 'answered 500, expected 200'],
    [404, 'answered 404, expected 200'],
    [204, 'answered 204, expected 200'],
    [302, 'answered 302, expected 200'],
  ])('refuses an answer of %d', async (status, message) => {
    const target = await fakeTarget();
    let asked = 0;
    target.become((_, response) => {
      asked += 1;
      response.writeHead(status, { location: target.url });
      response.end();
    });
    await expect(scrape(target.url)).rejects.toThrow(message);
    expect(asked).toBe(1);
  });

  it.each([
    ['garbage', 'up{\u0000\u0001 \ufffd\n', 'line 1: up: labels without an end'],
    ['a web page', '<!doctype html><title>up</title>\n', 'no metrics that begin with ^up'],
    ['nothing', '', 'no metrics that begin with ^up'],
  ])('refuses %s', async (_, text, message) => {
    await expect(scrape((await fakeTarget(text)).url)).rejects.toThrow(message);
  });

  it('refuses an answer that is cut off', async () => {
    const target = await fakeTarget();
    target.become((_, response) => {
      response.setHeader('content-length', 1000);
      response.write(GOOD, () => response.destroy());
    });
    await expect(scrape(target.url)).rejects.toThrow(`${target.url}: UND_ERR_SOCKET`);
  });

  it('lets go of 200 MB in time', async () => {
    const target = await fakeTarget();
    let sentBytes = 0;
    const gone = new Promise<void>((resolve) => {
      target.become((_, response) => {
        response.on('close', resolve);
        const line = Buffer.alloc(MIB, `# ${'x'.repeat(1021)}\n`);
        const send = () => {
          while (sentBytes < 200 * MIB && !response.destroyed) {
            sentBytes += MIB;
            if (!response.write(line)) return void response.once('drain', send);
          }
          response.end();
        };
        send();
      });
    });
    await expect(scrape(target.url)).rejects.toThrow(`more than ${16 * MIB} bytes`);
    await gone;
    expect(sentBytes).toBeLessThan(60 * MIB);
  });

  it('lets go of 200 MB that come as 200 kB', async () => {
    const target = await fakeTarget();
    const bomb = gzipSync(Buffer.alloc(200 * MIB));
    target.become((_, response) => {
      response.setHeader('content-encoding', 'gzip');
      response.end(bomb);
    });
    await expect(scrape(target.url)).rejects.toThrow(`more than ${16 * MIB} bytes`);
  });

  it.each(['head', 'body'])('ends with the signal when the %s never comes', async (part) => {
    const target = await fakeTarget();
    const abort = new AbortController();
    const asked = new Promise<void>((resolve) => {
      target.become((_, response) => {
        if (part === 'body') response.write('# half of it\n');
        resolve();
      });
    });
    const answer = scrape(target.url, abort.signal);
    await asked;
    abort.abort(new Error('no answer within 10 s'));
    await expect(answer).rejects.toThrow('no answer within 10 s');
  });

  it('says where nobody listens, without the secrets of the query', async () => {
    const { url, close } = await fakeTarget();
    await close();
    const error = await scrape(`${url}?token=hunter2`).catch(String);
    expect(error).toBe(`Error: ${url}: ECONNREFUSED`);
  });
});

it('an engine is down when it is another program that answers', async () => {
  const { url } = await fakeTarget(exposition('tgi'));
  const sampler = createEngineSampler({ engine: 'vllm', name: 'chat', url, model: '' });
  await expect(sampler.sample(new AbortController().signal)).rejects.toThrow(
    `${url}: no metrics that begin with ^vllm[:_]`,
  );
});
