import { expect, test } from 'vitest';
import { createPricing } from '../../../exporter/pricing/index.ts';
import { options } from '../../pricing/given.ts';
import { type Attributes, briefly, readJson, spanOf, tracesOf, tracesSource } from './traces-given.ts';

/** Mistakes that other tools were reported to make with telemetry; test/ingest and test/pricing have the others. */

const pricing = createPricing(options());

function outcomesOf(...attributes: readonly Attributes[]) {
  return readJson(tracesSource(), tracesOf(attributes.map((each) => spanOf({ attributes: each }))));
}

/** 0.30 USD a million cached tokens, 3 fresh ones, 3.75 written ones, 15 output. */
const CLAUDE = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'anthropic',
  'gen_ai.response.model': 'claude-sonnet-4-5',
};

test('5. input that includes the cached tokens is not added to them (langfuse/langfuse#12306)', () => {
  const outcomes = outcomesOf({
    ...CLAUDE,
    'gen_ai.usage.input_tokens': 10_000,
    'gen_ai.usage.cache_read.input_tokens': 6000,
    'gen_ai.usage.cache_creation.input_tokens': 3000,
    'gen_ai.usage.output_tokens': 500,
  });
  expect(briefly(outcomes)).toEqual([
    { input: 1000, cache_read: 6000, cache_write_5m: 3000, output: 500, request: 1 },
  ]);
  const [outcome] = outcomes;
  expect(outcome?.kind === 'event' && pricing.price(outcome.event)).toMatchObject({
    costNanoUsd: 23_550_000,
  });
});

test('6. 17,903 input of which 17,817 cached is 17,903 in all (langfuse/langfuse#10592, #5568)', () => {
  const outcomes = outcomesOf({
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.response.model': 'gpt-4o',
    'gen_ai.usage.input_tokens': 17_903,
    'gen_ai.usage.cache_read.input_tokens': 17_817,
    'gen_ai.usage.output_tokens': 1,
  });
  expect(briefly(outcomes)).toEqual([{ input: 86, cache_read: 17_817, output: 1, request: 1 }]);
});

test('16. a streamed call without token counts is seen as one whose usage is missing (traceloop/openllmetry#627, #2898)', () => {
  const streamed = {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': 'gpt-4o',
    'gen_ai.response.id': 'chatcmpl-000000000000000000000005',
    'gen_ai.response.finish_reasons': ['stop'],
  };
  const told = { ...streamed, 'gen_ai.usage.input_tokens': 0, 'gen_ai.usage.output_tokens': 0 };
  expect(briefly(outcomesOf(streamed, told))).toEqual(['usage_missing', { request: 1 }]);
});
