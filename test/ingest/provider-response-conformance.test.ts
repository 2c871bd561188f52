import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test, vi } from 'vitest';
import { TOKEN_METER_COUNT } from '../../exporter/domain/meters.ts';
import type { UsageEvent } from '../../exporter/domain/usage-event.ts';
import { readProviderResponse } from '../../exporter/ingest/provider-response.ts';
import { createPricing } from '../../exporter/pricing/index.ts';
import { expectedOf, inclusive, type Recorded, senderOf } from '../support/recorded-responses.ts';

const FILE = fileURLToPath(new URL('../../../shared/data/provider-usage/sample.json', import.meta.url));

/** Recordings on which we differ from the sample on purpose. */
const EXCEPTIONS: readonly { readonly file: string; readonly reason: string }[] = [
  {
    file: 'test_google_vertex_service_tier_flex.yaml',
    reason: 'it was served on the flex tier, which costs half; the sample knows no tiers',
  },
  {
    file: 'test_openai_model_cerebras_provider_qwen_3_coder.yaml',
    reason: 'the catalogue has this model without any price, which is unknown to us and 0 in the sample',
  },
  {
    file: 'test_compatible_api_with_tool_calls_without_id.yaml',
    reason:
      'Gemini behind the OpenAI-like API: total 109, prompt 35, completion 12; the 62 between are thoughts',
  },
];

const pricing = createPricing({
  reported_cost: 'ignore',
  models: [],
  discounts: [],
  service_tiers: [],
  gpuRates: [],
  file: 'config.yaml',
});

/** The sample was priced before the price changes of June 2026 and later. */
const at = Date.UTC(2026, 5, 1, 12);

function eventOf(provider: string, model: string, quantities: readonly number[], tier: string): UsageEvent {
  return {
    id: 'recorded',
    timestampMs: at,
    dimensions: {
      provider,
      model,
      tenant_id: '',
      team: '',
      project_id: '',
      feature: '',
      environment: '',
      operation: '',
      service_tier: tier,
      status: 'success',
      category: 'api_external',
    },
    quantities,
    userId: '',
    executionId: '',
    promptHash: '',
    latencyMs: undefined,
    reportedCostNanoUsd: undefined,
    tags: '',
  };
}

/** A difference of counts; or a refusal. */
const TOKENS = /^\w+: /;

interface Verdict {
  readonly provider: string;
  readonly differences: readonly string[];
  readonly priced: boolean;
}

function compare(recorded: Recorded): Verdict {
  const provider = senderOf(recorded);
  const ours = readProviderResponse(provider, recorded.body);
  if (ours.kind === 'rejected')
    return { provider, differences: [`${ours.code}: ${ours.message}`], priced: false };
  const expected = expectedOf(recorded, provider);
  if (!expected)
    return { provider, differences: ['the sample has nothing from this provider'], priced: false };
  const differences = Object.entries(inclusive(ours.usage.quantities)).flatMap(([name, count]) =>
    count === (expected.usage[name] ?? 0) ? [] : [`${name}: ${count}, sample ${expected.usage[name] ?? 0}`],
  );
  const model = ours.usage.model;
  if (model === undefined || expected.input_price === undefined)
    return { provider, differences, priced: false };
  const price = pricing.price(eventOf(provider, model, ours.usage.quantities, ours.usage.serviceTier ?? ''));
  const sampleNano = (Number(expected.input_price) + Number(expected.output_price ?? 0)) * 1e9;
  if (price.kind === 'unpriced') {
    return {
      provider,
      differences: [...differences, `${price.reason}, sample ${sampleNano} nano-USD`],
      priced: false,
    };
  }
  const tokens = price.costs.slice(0, TOKEN_METER_COUNT).reduce((total, cost) => total + cost, 0);
  const used = price.costs.filter((cost) => cost > 0).length;
  if (Math.abs(tokens - sampleNano) > used / 2 + 1e-3)
    differences.push(`${tokens} nano-USD, sample ${sampleNano}`);
  return { provider, differences, priced: true };
}

test('recorded responses give the token classes and prices of the sample', (context) => {
  if (!existsSync(FILE)) {
    console.warn(`SKIPPED: conformance over recorded provider responses, ${FILE} is absent`);
    context.skip();
  }
  const warn = vi.spyOn(console, 'warn');
  const recordings = JSON.parse(readFileSync(FILE, 'utf8')) as Recorded[];
  const rows = new Map<string, { bodies: number; priced: number; agree: number; differ: number }>();
  const unexpected: string[] = [];
  const explained: string[] = [];
  const used = new Set<string>();
  let sameTokens = 0;
  for (const recorded of recordings) {
    const { provider, differences, priced } = compare(recorded);
    if (!differences.some((difference) => TOKENS.test(difference))) sameTokens += 1;
    const row = rows.get(provider) ?? { bodies: 0, priced: 0, agree: 0, differ: 0 };
    row.bodies += 1;
    if (priced) row.priced += 1;
    if (differences.length === 0) row.agree += 1;
    else {
      row.differ += 1;
      const exception = EXCEPTIONS.find(({ file }) => recorded.source_file === file);
      if (exception) used.add(exception.file);
      const line = `${recorded.source_file} (${provider}): ${differences.join('; ')}`;
      if (exception) explained.push(`${line}\n    because ${exception.reason}`);
      else unexpected.push(line);
    }
    rows.set(provider, row);
  }
  console.table(Object.fromEntries(rows));
  console.info(`differ, explained:\n  ${explained.join('\n  ')}`);
  expect(unexpected).toEqual([]);
  expect([...used].sort()).toEqual(EXCEPTIONS.map(({ file }) => file).sort());
  expect(explained.length).toBeLessThanOrEqual(recordings.length * 0.01);
  // In token classes alone but for the one body that says less than was billed.
  expect(sameTokens).toBe(recordings.length - 1);
  expect(warn).not.toHaveBeenCalled();
});
