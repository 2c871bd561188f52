import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EngineModelReading, EngineName } from '../../exporter/domain/reading.ts';
import { createEngineSampler } from '../../exporter/samplers/engine.ts';
import { InputTokens } from '../../exporter/samplers/engines/input-tokens.ts';
import { exposition, fakeTarget } from './fake-target.ts';

const NO_SIGNAL = new AbortController().signal;

async function sampled(engine: EngineName, url: string, model = '') {
  const sampler = createEngineSampler({ engine, url, name: 'main', model });
  return async () => {
    const sample = await sampler.sample(NO_SIGNAL);
    if (sample.kind !== 'reading' || sample.reading.kind !== 'engine') throw new Error('not of an engine');
    expect(sample.reading.engine).toMatchObject({ engine, target: 'main' });
    return sample.reading.engine.models;
  };
}

const LLAMA = 'meta-llama/Llama-3.1-8B-Instruct';

describe('createEngineSampler', () => {
  it.each<[EngineName, file: string, EngineModelReading[]]>([
    [
      'vllm',
      'vllm',
      [
        {
          model: LLAMA,
          tokens: { input: 24_975_200, cache_read: 34_176_600, output: 740_000 },
          requests: new Map([
            ['stop', 901],
            ['length', 70],
            ['abort', 8],
          ]),
          running: 5,
          waiting: 4,
          kvCacheUsageRatio: 0.5,
        },
      ],
    ],
    [
      'vllm',
      'vllm-0.6',
      [
        {
          model: 'mistral',
          tokens: { input: 1200, output: 3400 },
          requests: new Map(),
          running: 1,
          kvCacheUsageRatio: 0.5,
        },
      ],
    ],
    [
      'sglang',
      'sglang',
      [
        {
          model: 'qwen',
          tokens: { input: 5000 - 3168, cache_read: 3168, output: 700 },
          requests: new Map([['', 42]]),
          running: 12,
          waiting: 1,
          kvCacheUsageRatio: 0.4,
        },
      ],
    ],
    [
      'sglang',
      'sglang-underscore',
      [{ model: 'qwen', tokens: { input: 4096, output: 700 }, requests: new Map(), running: 2 }],
    ],
    [
      'tgi',
      'tgi',
      [
        {
          model: 'as-configured',
          tokens: { input: 60_500, output: 24_000 },
          requests: new Map([
            ['', 120],
            ['error', 10],
          ]),
          running: 8,
          waiting: 3,
        },
      ],
    ],
    [
      'ollama',
      'ollama-metrics-proxy',
      [
        {
          model: 'llama3.2',
          tokens: { input: 2000, output: 800 },
          requests: new Map([['', 15]]),
          running: 3,
        },
        { model: 'qwen2.5-coder:1.5b', tokens: { input: 7, output: 103 }, requests: new Map() },
      ],
    ],
    [
      'ollama',
      'ollama-metrics',
      [{ model: 'llama3.2', tokens: { input: 2000, output: 800 }, requests: new Map([['', 15]]) }],
    ],
  ])('%s: %s', async (engine, file, expected) => {
    const { url } = await fakeTarget(exposition(file));
    const sample = await sampled(engine, url, 'as-configured');
    expect((await sample()).map((model) => ({ ...model, tokens: { ...model.tokens } }))).toEqual(expected);
  });

  it('is up, with no models, before the first request', async () => {
    const { url } = await fakeTarget(
      '# TYPE sglang:max_total_num_tokens gauge\nsglang:max_total_num_tokens 5\n',
    );
    expect(await (await sampled('sglang', url))()).toEqual([]);
  });

  it('goes on from 0 with an engine that was restarted', async () => {
    const target = await fakeTarget('vllm:prompt_tokens_total 900\nvllm:prompt_tokens_cached_total 100\n');
    const sample = await sampled('vllm', target.url);
    expect((await sample())[0]?.tokens).toEqual({ input: 800, cache_read: 100 });
    target.say('vllm:prompt_tokens_total 5\nvllm:prompt_tokens_cached_total 0\n');
    expect((await sample())[0]?.tokens).toEqual({ input: 5, cache_read: 0 });
  });

  it.each([
    ['a negative count', 'vllm:prompt_tokens_total -1\n', 'vllm:prompt_tokens_total: got -1'],
    ['an endless count', 'vllm:generation_tokens_total +Inf\n', 'vllm:generation_tokens_total: got Infinity'],
    ['no number', 'vllm:request_success_total NaN\n', 'vllm:request_success_total: got NaN'],
    [
      'more cached than there was',
      'vllm:prompt_tokens_total{model_name="m"} 5\nvllm:prompt_tokens_cached_total{model_name="m"} 6\n',
      'model m: got 6 cached of 5 prompt tokens',
    ],
    [
      'a text of any length',
      `vllm:prompt_tokens_total{model_name="${'x'.repeat(257)}"} 5\n`,
      'a label of 257',
    ],
    [
      'models without end',
      Array.from({ length: 257 }, (_, i) => `vllm:prompt_tokens_total{model_name="${i}"} 1\n`).join(''),
      '257 models, expected at most 256',
    ],
  ])('does not believe %s', async (_, text, message) => {
    const { url } = await fakeTarget(text);
    await expect((await sampled('vllm', url))()).rejects.toThrow(message);
  });

  it('leaves out a gauge that makes no sense', async () => {
    const { url } = await fakeTarget('vllm:num_requests_running NaN\nvllm:kv_cache_usage_perc 37\n');
    expect(await (await sampled('vllm', url))()).toEqual([{ model: '', tokens: {}, requests: new Map() }]);
  });
});

describe('InputTokens', () => {
  const step = fc.record({ prompt: fc.nat(1000), cachedRatio: fc.double({ min: 0, max: 1, noNaN: true }) });

  it('never goes back while the engine runs, in whichever order it counts, and is right in the end', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(step, fc.boolean())), (requests) => {
        const tokens = new InputTokens();
        const seen: number[] = [];
        const look = (prompt: number, cached: number) => {
          seen.push(tokens.of('m', prompt, cached));
          tokens.keep();
        };
        // An engine that has run for a while: it never had fewer prompt tokens than cached ones.
        let prompt = 1000;
        let cached = 0;
        look(prompt, cached);
        for (const [{ prompt: more, cachedRatio }, promptFirst] of requests) {
          const moreCached = Math.floor(more * cachedRatio);
          if (promptFirst) look(prompt + more, cached);
          else look(prompt, Math.min(prompt, cached + moreCached));
          prompt += more;
          cached += moreCached;
          look(prompt, cached);
        }
        expect(seen).toEqual(seen.toSorted((a, b) => a - b));
        // Once more prompts than were counted too early have come, the difference is what it says.
        look(prompt + 1000, cached);
        expect(seen.at(-1)).toBe(prompt + 1000 - cached);
      }),
    );
  });

  it('forgets models that are gone', () => {
    const tokens = new InputTokens();
    expect(tokens.of('m', 10, 0)).toBe(10);
    tokens.keep();
    tokens.keep();
    expect(tokens.of('m', 10, 4)).toBe(6);
  });
});
