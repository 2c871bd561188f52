import { describe, expect, test } from 'vitest';
import { readProviderResponse } from '../../exporter/ingest/provider-response.ts';

const textOnly = (usage: object) => ({ model: 'gpt-4o', choices: [], usage });
const chat = (prompt_tokens: number, completion_tokens: number, details: object = {}) =>
  textOnly({ prompt_tokens, completion_tokens, ...details });

describe('a response is refused for', () => {
  const message = (usage: object) => ({ type: 'message', usage });

  test.each<[string, string, unknown, string, string]>([
    ['a provider that it does not know', 'my-vllm', chat(1, 1), 'unknown_provider', 'got my-vllm'],
    ['a body that is no object', 'openai', [], 'invalid_event', 'got an array'],
    ['null', 'openai', null, 'invalid_event', 'got null'],
    ['a body without usage', 'openai', { choices: [] }, 'usage_missing', 'no usage'],
    ['usage of null', 'openai', { usage: null }, 'usage_missing', 'no usage'],
    [
      'usage without an output count',
      'openai',
      textOnly({ prompt_tokens: 1 }),
      'usage_missing',
      'completion_tokens',
    ],
    [
      'an error body',
      'openai',
      { error: { type: 'rate_limit', message: 'SECRET' } },
      'usage_missing',
      '(rate_limit)',
    ],
    ['a format that the provider does not have', 'cohere', chat(1, 1), 'invalid_event', 'form of chat'],
    ['minutes of audio', 'openai', { usage: { type: 'duration', seconds: 9 } }, 'usage_missing', 'no usage'],
    [
      'a negative count',
      'openai',
      chat(-1, 1),
      'inconsistent_usage',
      'usage.prompt_tokens: expected a whole number of 0 or more, got -1',
    ],
    ['a fraction of a token', 'openai', chat(1.5, 1), 'inconsistent_usage', 'got 1.5'],
    [
      'a count in text',
      'openai',
      chat(1, 1, { prompt_tokens_details: { cached_tokens: '1' } }),
      'inconsistent_usage',
      'usage.prompt_tokens_details.cached_tokens: expected a whole number of 0 or more, got a text',
    ],
    [
      'a count beyond exact numbers',
      'openai',
      chat(2 ** 53, 1),
      'inconsistent_usage',
      'got 9007199254740992',
    ],
    [
      'more cached than input',
      'openai',
      chat(10, 1, { prompt_tokens_details: { cached_tokens: 11 } }),
      'inconsistent_usage',
      'input 10 (cache read 11',
    ],
    [
      'more cached and audio than input',
      'openai',
      chat(10, 1, { prompt_tokens_details: { cached_tokens: 6, audio_tokens: 6 } }),
      'inconsistent_usage',
      'audio 6',
    ],
    [
      'more reasoning than output',
      'openai',
      chat(10, 5, { completion_tokens_details: { reasoning_tokens: 6 } }),
      'inconsistent_usage',
      'output 5 (reasoning 6',
    ],
    [
      'two cache counts',
      'deepseek',
      chat(10, 1, { prompt_cache_hit_tokens: 5, prompt_tokens_details: { cached_tokens: 4 } }),
      'inconsistent_usage',
      'disagree',
    ],
    [
      'cache writes that do not add up',
      'anthropic',
      message({
        input_tokens: 1,
        cache_creation_input_tokens: 9,
        output_tokens: 1,
        cache_creation: { ephemeral_5m_input_tokens: 3, ephemeral_1h_input_tokens: 5 },
      }),
      'inconsistent_usage',
      '5m 3 + 1h 5 are not cache_creation_input_tokens 9',
    ],
    [
      'a condensed context that contradicts itself',
      'anthropic',
      message({
        input_tokens: 1,
        output_tokens: 1,
        iterations: [{ type: 'compaction', input_tokens: 1, output_tokens: -1 }],
      }),
      'inconsistent_usage',
      'usage.iterations[0].output_tokens: expected a whole number of 0 or more, got -1',
    ],
    [
      'more model calls in an answer than there can be',
      'anthropic',
      message({
        input_tokens: 1,
        output_tokens: 1,
        iterations: new Array(101).fill({ type: 'compaction', input_tokens: 1, output_tokens: 1 }),
      }),
      'invalid_event',
      'more than 100',
    ],
    [
      'more audio cached than heard',
      'google',
      {
        usageMetadata: {
          promptTokenCount: 9,
          cachedContentTokenCount: 5,
          cacheTokensDetails: [{ modality: 'AUDIO', tokenCount: 5 }],
        },
      },
      'inconsistent_usage',
      'audio 0',
    ],
  ])('%s', (_, provider, body, code, part) => {
    const response = readProviderResponse(provider, body);
    expect(response).toMatchObject({ kind: 'rejected', code });
    expect(response.kind === 'rejected' && response.message).toContain(part);
    expect(JSON.stringify(response)).not.toContain('SECRET');
  });
});
