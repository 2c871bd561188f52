import { expect, test } from 'vitest';
import { data, eventOf } from './provider-given.ts';

const chat = (usage: object) => ({
  id: 'gen-0123456789abcdef',
  model: 'some-model',
  choices: [{ finish_reason: 'stop' }],
  usage: { prompt_tokens: 10, completion_tokens: 5, ...usage },
});

test.each<[string, object, number | undefined]>([
  [
    'openrouter',
    { cost: 0.00019325, is_byok: false, cost_details: { upstream_inference_cost: 0.00019325 } },
    0.00019325,
  ],
  ['openrouter', { cost: 0.00019325, cost_details: { upstream_inference_cost: null } }, 0.00019325],
  ['openrouter', { cost: 0.001, is_byok: true, cost_details: { upstream_inference_cost: 0.02 } }, 0.021],
  ['openrouter', { cost: 0, is_byok: true, cost_details: { upstream_inference_cost: 0.02 } }, 0.02],
  ['openrouter', { cost: 0.001, is_byok: true }, undefined],
  ['openrouter', { cost: 0 }, 0],
  ['openrouter', { cost: '0.1' }, undefined],
  ['openrouter', { cost: -1 }, undefined],
  ['openrouter', {}, undefined],
  ['x-ai', { cost_in_usd_ticks: 37_756_000 }, 0.0037756],
  ['perplexity', { cost: { input_tokens_cost: 0.001, request_cost: 0.005, total_cost: 0.006 } }, 0.006],
  ['perplexity', { cost: { currency: 'USD', total_cost: 0.006 } }, 0.006],
  ['perplexity', { cost: { currency: 'EUR', total_cost: 0.006 } }, undefined],
  ['openai', { cost: 1, cost_in_usd_ticks: 1 }, undefined],
])('the cost that %s reports in %j', (provider, extra, usd) => {
  const { reportedCostNanoUsd } = eventOf('response', provider, chat(extra));
  expect(reportedCostNanoUsd).toBe(usd === undefined ? undefined : Math.round(usd * 1e9));
});

test('a streamed answer reports its cost as well', () => {
  expect(
    eventOf('stream', 'openrouter', data({ ...chat({ cost: 0.25 }), choices: [] })).reportedCostNanoUsd,
  ).toBe(250_000_000);
});

test('what is said beside the body counts instead', () => {
  const event = eventOf('response', 'openrouter', chat({ cost: 0.25 }), { cost_usd: '0.5' });
  expect(event.reportedCostNanoUsd).toBe(500_000_000);
});
