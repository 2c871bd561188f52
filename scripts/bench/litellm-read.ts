import { randomUUID } from 'node:crypto';
import { createLitellmSource } from '../../exporter/ingest/litellm.ts';
import { UsageEventReader } from '../../exporter/ingest/usage-events.ts';
import { createRandom } from '../random.ts';
import { finish, input } from './bench-context.ts';
import { median } from './statistics.ts';
import { labelsOfVariant } from './usage-workload.ts';

export interface LitellmInput {
  readonly payloads: number;
  readonly rounds: number;
}

export interface LitellmTimes {
  readonly bytes: number;
  /** Medians of rounds in turns; the ratio is the median of the rounds' own. */
  readonly parseMs: number;
  readonly readMs: number;
  readonly ratio: number;
}

const END_MS = Date.UTC(2026, 10, 21, 10);
const VARIANTS = 400;
const TEXT = 'The quick brown fox jumps over the lazy dog, and the dog said: "Not again".\n';

/** 5 kB, as LiteLLM sends it: about half is the prompt and the answer. */
function payloadOf(random: ReturnType<typeof createRandom>, at: number): object {
  const variant = Math.floor(random.uniform() * VARIANTS);
  const { provider, model, tenant_id, team, feature, environment } = labelsOfVariant(variant);
  const id = `chatcmpl-${randomUUID()}`;
  const prompt = 600 + Math.floor(random.around(900));
  const cached = Math.floor(prompt / 3);
  const completion = 1 + Math.floor(random.around(250));
  const cost = prompt * 2.5e-6 + completion * 1e-5;
  const usage = {
    completion_tokens: completion,
    prompt_tokens: prompt,
    total_tokens: prompt + completion,
    completion_tokens_details: {
      accepted_prediction_tokens: 0,
      audio_tokens: 0,
      reasoning_tokens: 0,
      text_tokens: null,
    },
    prompt_tokens_details: {
      audio_tokens: null,
      cached_tokens: cached,
      text_tokens: null,
      image_tokens: null,
    },
  };
  return {
    id,
    litellm_call_id: randomUUID(),
    trace_id: randomUUID(),
    session_id: '',
    call_type: 'acompletion',
    cache_hit: null,
    stream: null,
    status: 'success',
    status_fields: { llm_api_status: 'success', guardrail_status: 'not_run' },
    custom_llm_provider: provider,
    saved_cache_cost: 0,
    startTime: at / 1000,
    endTime: at / 1000 + 1.234567,
    completionStartTime: at / 1000 + 1.234567,
    response_time: 1.234567,
    model: `${provider}/${model}`,
    metadata: {
      user_api_key_hash: '88dc28d0f030c55ed4ab77ed8faf098196cb1c05df778539800c9f1243fe6b4b',
      user_api_key_alias: `key-of-${team}`,
      user_api_key_spend: 12.345678,
      user_api_key_max_budget: null,
      user_api_key_team_id: randomUUID(),
      user_api_key_org_id: tenant_id,
      user_api_key_user_id: `user-${random.popular(5000)}`,
      user_api_key_team_alias: team,
      user_api_key_end_user_id: null,
      user_api_key_request_route: '/v1/chat/completions',
      requester_ip_address: '10.1.2.3',
      requester_metadata: { environment },
      applied_guardrails: [],
      usage_object: usage,
    },
    response_cost: cost,
    cost_breakdown: {
      input_cost: prompt * 2.5e-6,
      output_cost: completion * 1e-5,
      total_cost: cost,
      service_tier: null,
    },
    total_tokens: prompt + completion,
    prompt_tokens: prompt,
    completion_tokens: completion,
    request_tags: [`feature:${feature}`, 'User-Agent: OpenAI', 'User-Agent: OpenAI/Python 1.2.3'],
    end_user: '',
    api_base: 'https://api.provider.example/v1',
    model_group: model,
    model_id: 'ae4894b8af90b48b76d9661c3d098f18b324f6d1e814643da3323ab62ef0f624',
    messages: [
      { role: 'system', content: TEXT.repeat(4) },
      { role: 'user', content: TEXT.repeat(4 + Math.floor(random.around(10))) },
    ],
    response: {
      id,
      created: Math.floor(at / 1000),
      model,
      object: 'chat.completion',
      choices: [
        {
          finish_reason: 'stop',
          index: 0,
          message: { role: 'assistant', content: TEXT.repeat(1 + Math.floor(random.around(6))) },
        },
      ],
      usage,
      service_tier: 'default',
    },
    model_parameters: { stream: false, temperature: 0.2 },
    hidden_params: {
      model_id: 'ae4894b8af90b48b76d9661c3d098f18b324f6d1e814643da3323ab62ef0f624',
      response_cost: cost,
      litellm_overhead_time_ms: 12.3,
      additional_headers: { x_ratelimit_remaining_requests: 4999, x_ratelimit_remaining_tokens: 399_123 },
      litellm_model_name: `${provider}/${model}`,
    },
    model_map_information: {
      model_map_key: model,
      model_map_value: {
        key: model,
        input_cost_per_token: 2.5e-6,
        output_cost_per_token: 1e-5,
        max_tokens: 16_384,
        mode: 'chat',
      },
    },
    error_str: null,
    error_information: {
      error_code: '',
      error_class: '',
      llm_provider: '',
      traceback: '',
      error_message: '',
    },
  };
}

const { payloads, rounds } = input<LitellmInput>();
const random = createRandom(7);
const list = Array.from({ length: payloads }, (_, i) => payloadOf(random, END_MS - (payloads - i) * 50));
const body = Buffer.from(JSON.stringify(list));
const text = body.toString();
const source = createLitellmSource(new UsageEventReader(), { eventsPerRequest: payloads });
const bounds = { nowMs: END_MS, futureMs: 600_000, retentionMs: 86_400_000 };
const request = { body, contentType: 'application/json', provider: '', attributes: {} };

const parseTimes: number[] = [];
const readTimes: number[] = [];
for (let round = 0; round < rounds + 3; round++) {
  globalThis.gc?.();
  const startedMs = performance.now();
  JSON.parse(text);
  const parsedMs = performance.now();
  globalThis.gc?.();
  const readFromMs = performance.now();
  const outcomes = source.read(request, bounds);
  const readMs = performance.now() - readFromMs;
  if (!outcomes.every(({ kind }) => kind === 'event')) throw new Error('not every payload became an event');
  if (round < 3) continue;
  parseTimes.push(parsedMs - startedMs);
  readTimes.push(readMs);
}
finish({
  bytes: body.length,
  parseMs: median(parseTimes),
  readMs: median(readTimes),
  ratio: median(readTimes.map((time, round) => time / parseTimes[round]!)),
} satisfies LitellmTimes);
