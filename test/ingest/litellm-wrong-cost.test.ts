import { describe, expect, test } from 'vitest';
import { samples } from '../e2e/support/exposition.ts';
import { sumOf } from '../server/support/exporter.ts';
import { exposition, openApp } from '../support/running-app.ts';
import { tempDir } from '../support/temp-dir.ts';
import { metersOf, type Payload, payload, RECORDED, read, readBody } from './litellm-payloads.ts';

/** Mistakes that LiteLLM's users reported of its own figures, by their numbers among the golden wrong-cost cases. */
const DETAILS = { audio_tokens: null, text_tokens: null, image_tokens: null };

/** What the payloads, each sent by itself, come to in the ledger. */
async function ledgerOf(...requests: readonly (readonly unknown[])[]) {
  const app = await openApp(tempDir());
  try {
    const answers = [];
    for (const payloads of requests) {
      const body = Buffer.from(JSON.stringify(payloads));
      answers.push(
        await app.ingest('litellm', { body, contentType: 'application/json', provider: '', attributes: {} }),
      );
    }
    const scraped = samples(await exposition(app));
    return { answers, sum: (name: string, ...labels: string[]) => sumOf(scraped, name, ...labels) };
  } finally {
    await app.close();
  }
}

test('1: tokens written to the cache of Anthropic are not fresh input as well', async () => {
  const usage = {
    prompt_tokens: 14_500,
    completion_tokens: 10,
    total_tokens: 14_510,
    prompt_tokens_details: { ...DETAILS, cached_tokens: 0, cache_creation_tokens: 14_400, text_tokens: 100 },
    cache_creation_input_tokens: 14_400,
    cache_read_input_tokens: 0,
  };
  const call = payload(usage, {
    custom_llm_provider: 'anthropic',
    model: 'claude-sonnet-4-5',
    response: { model: 'claude-sonnet-4-5' },
    response_cost: 0.0913,
  });
  const { sum } = await ledgerOf([call]);
  // 100 × $3, 14,400 × $3.75, 10 × $15 per million.
  expect(sum('llm_cost_total')).toBeCloseTo(0.05445, 9);
  expect(sum('llm_tokens_total')).toBe(14_510);
});

test('2: a cache hit of Gemini is in prompt_tokens once', async () => {
  const usage = {
    prompt_tokens: 600_000,
    completion_tokens: 100,
    total_tokens: 600_100,
    prompt_tokens_details: { ...DETAILS, cached_tokens: 590_000, text_tokens: 10_000 },
    cache_read_input_tokens: 590_000,
  };
  const call = payload(usage, {
    custom_llm_provider: 'gemini',
    model: 'gemini/gemini-2.5-flash',
    response: {},
  });
  const { sum } = await ledgerOf([call]);
  expect(sum('llm_tokens_total', 'token_type="input"')).toBe(10_000);
  expect(sum('llm_tokens_total', 'token_type="cache_read"')).toBe(590_000);
});

describe('3 and 7: a contradiction is rejected, not priced and not clamped', () => {
  test.each<[what: string, usage: object, message: RegExp]>([
    [
      'cached_tokens 0 beside cache_read_input_tokens',
      {
        prompt_tokens: 31_000,
        completion_tokens: 5,
        prompt_tokens_details: { cached_tokens: 0 },
        cache_read_input_tokens: 30_940,
      },
      /cached_tokens 0 and cache_read_input_tokens 30940 disagree/,
    ],
    [
      'more cached than there was',
      { prompt_tokens: 100, completion_tokens: 5, prompt_tokens_details: { cached_tokens: 3000 } },
      /parts exceed their total: prompt_tokens 100 \(cache read 3000/,
    ],
    [
      'more reasoning than output',
      { prompt_tokens: 1, completion_tokens: 5, completion_tokens_details: { reasoning_tokens: 6 } },
      /completion_tokens 5 \(reasoning 6/,
    ],
    [
      'lifetimes of cache writes that do not add up',
      {
        prompt_tokens: 300,
        completion_tokens: 5,
        prompt_tokens_details: {
          cache_creation_tokens: 200,
          cache_creation_token_details: { ephemeral_5m_input_tokens: 50, ephemeral_1h_input_tokens: 50 },
        },
      },
      /5m 50 \+ 1h 50 are not cache_creation_tokens 200/,
    ],
    ['a negative count', { prompt_tokens: -1, completion_tokens: 5 }, /usage.prompt_tokens: .*-1/],
    ['half a token', { prompt_tokens: 1.5, completion_tokens: 5 }, /usage.prompt_tokens: .*1\.5/],
    ['a count in words', { prompt_tokens: 'many', completion_tokens: 5 }, /usage.prompt_tokens: .*a string$/],
    ['a list of counts', { prompt_tokens: [1], completion_tokens: 5 }, /usage.prompt_tokens: /],
    ['more than any call has', { prompt_tokens: 2e9, completion_tokens: 5 }, /at most 1000000000 tokens/],
  ])('%s', (_what, usage, message) => {
    expect(read(payload(usage))).toEqual([
      { kind: 'rejected', code: 'inconsistent_usage', message: expect.stringMatching(message) },
    ]);
  });
});

test('a nest in the usage is not walked', () => {
  const body = JSON.stringify(payload({ prompt_tokens: 1, iterations: 0, prompt_tokens_details: 0 }));
  const nest = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
  const [outcome] = readBody(body.replaceAll(/"(iterations|prompt_tokens_details)":0/g, `"$1":${nest}`));
  expect(metersOf(outcome)).toEqual({ input: 1, request: 1 });
});

describe('4: what is on top of what is a matter of the provider', () => {
  const usage = {
    prompt_tokens: 100,
    completion_tokens: 10,
    total_tokens: 410,
    completion_tokens_details: { reasoning_tokens: 300 },
  };
  test("xAI's reasoning is besides the completion, as older versions hand it on", () => {
    expect(metersOf(read(payload(usage, { custom_llm_provider: 'xai' }))[0])).toEqual({
      input: 100,
      output: 10,
      reasoning: 300,
      request: 1,
    });
  });
  test('nobody else gets the benefit of that', () => {
    expect(read(payload(usage))).toMatchObject([{ code: 'inconsistent_usage' }]);
  });
});

test('9: cache writes of an hour and of five minutes are apart', () => {
  expect(metersOf(read(RECORDED.anthropic)[0])).toMatchObject({ cache_write_5m: 50, cache_write_1h: 150 });
});

describe('11: no usage is not a usage of zero', () => {
  const nothing = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 };
  test.each<[what: string, fields: Payload]>([
    ['zeros', { metadata: { usage_object: nothing }, response: { usage: nothing }, prompt_tokens: 0 }],
    ['an empty object', { metadata: { usage_object: {} } }],
    ['nothing at all', { metadata: null, response: null }],
  ])('%s', (_what, fields) => {
    expect(read(payload(undefined, fields))).toEqual([{ kind: 'skipped', reason: 'usage_missing' }]);
    expect(read(payload(undefined, { ...fields, status: 'failure' }))).toEqual([
      { kind: 'skipped', reason: 'failed_without_usage' },
    ]);
  });

  test.each<[what: string, fields: Payload]>([
    ['the response', { metadata: {}, response: { usage: { prompt_tokens: 3, completion_tokens: 4 } } }],
    ['the payload', { metadata: {}, prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 }],
  ])('usage that only %s has, as older versions send it, counts', (_what, fields) => {
    expect(metersOf(read(payload(undefined, fields))[0])).toEqual({ input: 3, output: 4, request: 1 });
  });
});

describe('14: one response is one charge', () => {
  test('sent twice, in one request and in another', async () => {
    const { answers, sum } = await ledgerOf([RECORDED.chat, RECORDED.chat], [RECORDED.chat]);
    expect(answers).toMatchObject([
      { accepted: 1, duplicate: 1 },
      { accepted: 0, duplicate: 1 },
    ]);
    expect(sum('llm_tokens_total')).toBe(1500);
  });

  test('reading it back bills nothing, also in versions that repeat its usage and change its id', async () => {
    const { metadata } = RECORDED.responses as { metadata: object };
    const again = { ...RECORDED.get_responses, id: 'resp_another_id_of_the_same', metadata };
    const { answers, sum } = await ledgerOf([RECORDED.responses, RECORDED.get_responses, again]);
    expect(answers).toMatchObject([{ accepted: 1, rejected: [], skipped: { not_billed: 2 } }]);
    expect(sum('llm_cost_total')).toBeCloseTo(0.000675, 9);
  });

  test('a response made in the background is known only when it is read back, and counts once then', async () => {
    const { response, metadata } = RECORDED.responses as { response: object; metadata: object };
    const created = {
      ...RECORDED.responses,
      metadata: {},
      prompt_tokens: 0,
      completion_tokens: 0,
      response: { ...response, background: true, usage: null },
    };
    const found = {
      ...RECORDED.get_responses,
      model: 'gpt-5-mini',
      metadata,
      response: { ...response, background: true },
    };
    const { answers } = await ledgerOf([created], [found], [{ ...found, startTime: 1_795_230_800 }]);
    expect(answers).toMatchObject([
      { accepted: 0, skipped: { usage_missing: 1 } },
      { accepted: 1 },
      { accepted: 0, duplicate: 1 },
    ]);
  });

  test('ids that are too short to be one are not taken for one', async () => {
    const { answers, sum } = await ledgerOf(
      [RECORDED.short_id_1, RECORDED.short_id_2],
      [RECORDED.short_id_2],
    );
    expect(answers).toMatchObject([{ accepted: 2 }, { accepted: 0, duplicate: 1 }]);
    expect(sum('llm_unpriced_requests_total')).toBe(2);
  });

  test('without any id the same attempt is known by its times', async () => {
    const bare = payload(
      { prompt_tokens: 1, completion_tokens: 1 },
      { id: 'None', litellm_call_id: undefined },
    );
    const { answers } = await ledgerOf([bare, bare], [bare, { ...bare, startTime: 1_795_255_000.5 }]);
    expect(answers).toMatchObject([
      { accepted: 1, duplicate: 1 },
      { accepted: 1, duplicate: 1 },
    ]);
  });
});

describe('15: attempts are not operations', () => {
  const attempts = [RECORDED.retry_failed_1, RECORDED.retry_failed_2, RECORDED.retry_answered];

  test('of three attempts at one call the one that used something is a request', async () => {
    const { answers, sum } = await ledgerOf(attempts);
    expect(answers).toMatchObject([{ accepted: 1, rejected: [], skipped: { failed_without_usage: 2 } }]);
    expect(sum('llm_requests_total')).toBe(1);
    expect(
      sum('llm_cost_exporter_ingest_uncounted_total', 'source="litellm"', 'reason="failed_without_usage"'),
    ).toBe(2);
  });

  test('an attempt that failed after it used something is money wasted, under the same execution', async () => {
    const { metadata } = RECORDED.retry_answered as { metadata: object };
    const billed = { ...RECORDED.retry_failed_1, metadata };
    const { sum } = await ledgerOf([billed, RECORDED.retry_answered]);
    expect(sum('llm_requests_total', 'status="error"')).toBe(1);
    expect(sum('llm_requests_total', 'status="success"')).toBe(1);
    expect(sum('llm_cost_wasted_total', 'reason="error"')).toBeCloseTo(0.000675, 9);
    const executions = read(billed, RECORDED.retry_answered).map(
      (outcome) => outcome.kind === 'event' && [outcome.event.executionId, outcome.event.id.length > 15],
    );
    expect(executions[0]).toEqual(executions[1]);
  });

  test("an answer from LiteLLM's own cache is bought by nobody", async () => {
    const { answers, sum } = await ledgerOf([RECORDED.response_cache_hit]);
    expect(answers).toMatchObject([{ accepted: 0, rejected: [], skipped: { response_cache: 1 } }]);
    expect(sum('llm_tokens_total')).toBe(0);
  });
});

describe('17 and 18: a price that LiteLLM does not know is not nothing', () => {
  const usage = { prompt_tokens: 1000, completion_tokens: 1000 };
  const unknown = {
    custom_llm_provider: 'hosted_vllm',
    model: 'hosted_vllm/own',
    response: { model: 'own' },
  };

  test('a response_cost of 0 beside tokens is no cost', async () => {
    const { answers, sum } = await ledgerOf([payload(usage, { ...unknown, response_cost: 0 })]);
    expect(answers).toMatchObject([{ accepted: 1, unpriced: 1 }]);
    expect(sum('llm_unpriced_tokens_total')).toBe(2000);
    expect(sum('llm_cost_exporter_ingest_unpriced_total', 'source="litellm"')).toBe(1);
  });

  test('what LiteLLM knows counts where we do not know, and is kept apart where we do', async () => {
    const known = payload(usage, { response_cost: 0.5 });
    const { sum } = await ledgerOf([{ ...known, ...unknown, id: 'chatcmpl-of-another-call' }], [known]);
    expect(sum('llm_cost_total', 'provider="hosted_vllm"')).toBe(0.5);
    expect(sum('llm_cost_total', 'provider="openai"')).toBeCloseTo(0.0125, 9);
    expect(sum('llm_cost_reported_total', 'provider="openai"')).toBe(0.5);
  });
});

test('12: the tier of the response is in the price', async () => {
  const usage = { prompt_tokens: 1_000_000, completion_tokens: 0 };
  const response = { model: 'gpt-5-mini', service_tier: 'flex' };
  const { sum } = await ledgerOf([payload(usage, { model: 'gpt-5-mini', response })]);
  expect(sum('llm_cost_total')).toBeCloseTo(0.125, 9);
});

test('searches are counted, and cost by themselves', () => {
  const anthropic = { prompt_tokens: 10, completion_tokens: 1, server_tool_use: { web_search_requests: 2 } };
  const gemini = {
    prompt_tokens: 10,
    completion_tokens: 1,
    prompt_tokens_details: { web_search_requests: 1 },
  };
  expect(read(payload(anthropic), payload(gemini)).map(metersOf)).toMatchObject([
    { web_search: 2 },
    { web_search: 1 },
  ]);
});

test('audio and pictures are apart from text, cached audio from both', () => {
  const usage = {
    prompt_tokens: 100,
    completion_tokens: 50,
    prompt_tokens_details: {
      cached_tokens: 30,
      audio_tokens: 40,
      image_tokens: 5,
      cached_tokens_details: { audio_tokens: 20 },
    },
    completion_tokens_details: { audio_tokens: 20, image_tokens: 10, reasoning_tokens: 5 },
  };
  expect(metersOf(read(payload(usage))[0])).toEqual({
    input: 45,
    input_audio: 20,
    input_image: 5,
    cache_read: 10,
    cache_read_audio: 20,
    output: 15,
    output_audio: 20,
    output_image: 10,
    reasoning: 5,
    request: 1,
  });
});
