import { z } from 'zod';
import { alerting } from './alerting.ts';
import { budgetSettings } from './budget.ts';
import { httpUrl, namesDiffer, text, timeZone } from './fields.ts';

/** `host:port` in its parts; `undefined` if it is none. Port 0 takes any free one. */
export function listenAddress(text: string): { readonly host: string; readonly port: number } | undefined {
  const [, ipv6, name, digits] = /^(?:\[([0-9a-fA-F:.]+)\]|([^:\s[\]]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = ipv6 ?? name;
  const port = Number(digits);
  return host !== undefined && port <= 65_535 ? { host, port } : undefined;
}

const usd = z.number().nonnegative().max(1e9);
const limitUsd = z.number().positive().max(1e9);
const ratio = z.number().min(0).max(1);
const seconds = z.number().positive().max(86_400);

/** A day begins at midnight UTC. */
const effectiveFrom = z.union([z.iso.date(), z.iso.datetime({ offset: true })], {
  error: 'expected a day (2026-11-01) or a time with its offset (2026-11-01T00:00:00+01:00)',
});

/** USD per million tokens of each meter, or per thousand calls for `web_search` and `request`. */
const rates = z
  .strictObject({
    input: usd,
    input_audio: usd,
    input_image: usd,
    cache_read: usd,
    cache_read_audio: usd,
    cache_write_5m: usd,
    cache_write_1h: usd,
    output: usd,
    output_audio: usd,
    output_image: usd,
    reasoning: usd,
    web_search: usd,
    request: usd,
  })
  .partial();

const ownModel = z.strictObject({
  provider: text,
  /** Exact name, or a prefix ending in `*`. */
  model: text,
  usd_per_million: rates,
  /** Rates of the whole call once its total input exceeds `above_input_tokens`. */
  long_context: z.strictObject({ above_input_tokens: z.int().positive(), usd_per_million: rates }).optional(),
  effective_from: effectiveFrom.optional(),
});

const discount = z.strictObject({
  provider: text,
  model: text.default('*'),
  /** 0.15 takes 15 % off. */
  ratio: ratio,
  effective_from: effectiveFrom.optional(),
});

const tierMultiplier = z.strictObject({
  provider: text,
  model: text.default('*'),
  service_tier: text,
  multiplier: z.number().positive().max(100),
});

const budgets = z.strictObject({
  monthly_usd: limitUsd.optional().describe('limit of the whole organisation'),
  tenants: z.record(text, z.strictObject({ monthly_usd: limitUsd })).default({}),
  definitions: z.array(budgetSettings).check(namesDiffer('budget')).default([]),
  when_unknown: z
    .enum(['allow', 'block'])
    .default('allow')
    .describe('what a hard limit says while the spend is not known'),
  reservation_seconds: z
    .number()
    .min(1)
    .max(3600)
    .default(60)
    .describe('after which a reservation that nobody settled is given back'),
  reservations: z.int().positive().max(1_000_000).default(100_000).describe('held at a time'),
  subjects: z
    .int()
    .positive()
    .max(1_000_000)
    .default(100_000)
    .describe('subjects that a budget for each of something keeps apart'),
  top_subjects: z.int().min(0).max(1000).default(10).describe('of them with series of their own'),
});

const attributeKeys = (keys: string[]) => z.array(text).max(16).default(keys);
const metricsUrl = httpUrl('http://127.0.0.1:8000/metrics');

/** What one kind of resource costs. The first rate that fits counts. */
const resourceRate = z.strictObject({
  resource: z.enum(['cpu', 'memory', 'gpu', 'storage', 'bandwidth', 'sandbox']),
  /** Part of the resource's `sku`, any case; every one if absent. */
  sku: text.optional(),
  provider: text.optional(),
  /** Per core-hour, GiB-hour, GPU-hour, GiB-month (730 hours), GB transferred, sandbox-hour. */
  usd: usd,
});

const gpuRate = z.strictObject({
  /** Part of the GPU's name, any case: `H100`. The first match counts. */
  model: text,
  usd_per_hour: usd,
});

/**
 * The configuration file. Every field has a default, here and nowhere else, so an empty file is a valid one.
 */
export const configSchema = z.strictObject({
  listen: z
    .string()
    .refine((address) => listenAddress(address) !== undefined, {
      error: 'expected host:port, such as 127.0.0.1:10464 or [::1]:10464',
    })
    .default('127.0.0.1:10464'),
  data_dir: text.default('./data'),
  time_zone: timeZone.default('UTC'),
  limits: z
    .strictObject({
      body_bytes: z
        .int()
        .positive()
        .max(256 * 1024 * 1024)
        .default(16 * 1024 * 1024)
        .describe('after decompression'),
      events_per_request: z.int().positive().default(50_000),
      pending_events: z.int().positive().default(200_000).describe('beyond it a request is answered 503'),
      connections: z.int().positive().default(1024),
      request_seconds: seconds.default(30),
      future_seconds: z
        .number()
        .nonnegative()
        .default(600)
        .describe('how far ahead of us a timestamp may be'),
    })
    .prefault({}),
  ledger: z
    .strictObject({
      retention_days: z
        .int()
        .min(35)
        .max(3660)
        .default(400)
        .describe('events older than this are deleted; sums stay'),
    })
    .prefault({}),
  metrics: z
    .strictObject({
      label_sets: z
        .int()
        .positive()
        .max(2_000_000)
        .default(20_000)
        .describe('distinct usage label sets before "other"'),
    })
    .prefault({}),
  pricing: z
    .strictObject({
      /** When the sender's own `cost_usd` counts: never, for unpriced models, or always. */
      reported_cost: z.enum(['ignore', 'when_unpriced', 'always']).default('when_unpriced'),
      models: z.array(ownModel).default([]),
      discounts: z.array(discount).default([]),
      service_tiers: z.array(tierMultiplier).default([]).describe('override the built-in multipliers'),
    })
    .prefault({}),
  budgets: budgets.prefault({}),
  forecast: z
    .strictObject({
      interval_seconds: seconds.default(300),
      history_days: z.int().min(7).max(400).default(92).describe('what a forecast looks back on'),
      dimensions: z
        .array(z.enum(['tenant', 'team', 'model', 'provider', 'feature', 'environment']))
        .default(['tenant', 'team', 'model', 'provider', 'feature'])
        .describe('whose month is forecast beside the budgets'),
      top: z.int().min(0).max(200).default(10).describe('values of each dimension, the largest'),
    })
    .prefault({}),
  anomalies: z
    .strictObject({
      interval_seconds: seconds.default(300),
      history_days: z.int().min(7).max(400).default(35).describe('what is usual is learnt from'),
      tenants: z
        .int()
        .min(0)
        .max(200)
        .default(20)
        .describe('the largest; the whole organisation beside them'),
      minimum_usd: usd.default(1).describe('an excess that is worth a word'),
    })
    .prefault({}),
  otlp: z
    .strictObject({
      listen: z
        .string()
        .refine((address) => listenAddress(address) !== undefined, {
          error: 'expected host:port, such as 127.0.0.1:4318',
        })
        .optional()
        .describe('a second address that serves only OTLP'),
      signal: z.enum(['spans', 'metrics', 'logs']).default('spans').describe('what of a sender counts'),
      services: z
        .record(text, z.enum(['spans', 'metrics', 'logs']))
        .default({ 'claude-code': 'logs' })
        .describe('by service.name'),
      attributes: z
        .strictObject({
          tenant_id: attributeKeys(['tenant.id', 'tenant_id', 'organization.id']),
          team: attributeKeys(['team', 'team.id']),
          feature: attributeKeys(['feature', 'feature.name', 'service.name']),
          environment: attributeKeys(['deployment.environment.name', 'deployment.environment']),
          project_id: attributeKeys(['project.id', 'project_id', 'service.namespace']),
          user_id: attributeKeys(['user.id', 'enduser.id', 'gen_ai.request.user', 'user_id']),
          execution_id: attributeKeys(['gen_ai.conversation.id', 'session.id', 'gen_ai.agent.session_id']),
        })
        .prefault({}),
    })
    .prefault({}),
  engines: z
    .array(
      z.strictObject({
        engine: z.enum(['vllm', 'sglang', 'tgi', 'ollama']),
        url: metricsUrl,
        /** The `target` label. */
        name: text,
        model: z.string().max(256).default('').describe('where the engine does not name its model'),
      }),
    )
    .check(namesDiffer('target'))
    .default([]),
  dcgm: z
    .array(
      z.strictObject({
        url: metricsUrl,
        name: text,
        tenant_from: z
          .enum(['namespace', 'none'])
          .default('namespace')
          .describe('whose cost a GPU is that a pod has'),
      }),
    )
    .check(namesDiffer('target'))
    .default([]),
  bills: z
    .array(
      z.strictObject({
        provider: z.enum(['openai', 'anthropic', 'openrouter']),
        admin_key_file: text.describe('read anew for every look'),
        base_url: httpUrl('https://api.openai.com/v1').optional().describe('of a proxy'),
        interval_seconds: z.number().min(60).max(86_400).default(3600),
        window_days: z
          .int()
          .min(1)
          .max(30)
          .default(3)
          .describe('days that are read again, as late figures change'),
        bill_only: z
          .boolean()
          .default(false)
          .describe('no calls of the provider are sent here: its bill is the cost'),
      }),
    )
    .refine((bills) => new Set(bills.map(({ provider }) => provider)).size === bills.length, {
      error: 'expected one bill per provider',
    })
    .default([]),
  resources: z
    .strictObject({
      rates: z.array(resourceRate).default([]),
    })
    .prefault({}),
  samplers: z
    .strictObject({
      interval_seconds: seconds.default(15),
      timeout_seconds: seconds.default(10),
      host: z.boolean().default(true),
      gpu: z.boolean().default(true),
      nvidia_smi: text.default('nvidia-smi').describe('program to run'),
    })
    .prefault({}),
  gpu: z
    .strictObject({
      rates: z.array(gpuRate).default([]),
      tenant_id: z.string().max(256).default('').describe('whose cost the GPUs are'),
      team: z.string().max(256).default(''),
      environment: z.string().max(256).default(''),
    })
    .prefault({}),
  opportunities: z
    .strictObject({
      interval_seconds: seconds.default(300),
      window_hours: z
        .number()
        .positive()
        .max(24 * 31)
        .default(24),
      minimum_usd_per_month: usd.default(1),
      small_request: z
        .strictObject({
          input_tokens: z.int().positive().default(1000),
          output_tokens: z.int().positive().default(300),
        })
        .prefault({}),
      /** `provider/model: provider/model`: the cheaper model that could answer small requests. */
      cheaper_models: z.record(text, text).default({
        'openai/gpt-4o': 'openai/gpt-4o-mini',
        'openai/gpt-4.1': 'openai/gpt-4.1-mini',
        'openai/gpt-5': 'openai/gpt-5-mini',
        'anthropic/claude-opus-4-6': 'anthropic/claude-sonnet-4-6',
        'anthropic/claude-sonnet-4-6': 'anthropic/claude-haiku-4-5',
        'anthropic/claude-sonnet-4-5': 'anthropic/claude-haiku-4-5',
        'google/gemini-2.5-pro': 'google/gemini-2.5-flash',
      }),
      gpu_utilization_percent: z
        .number()
        .min(1)
        .max(100)
        .default(30)
        .describe('below this mean a GPU is under-used'),
      gpu_target_percent: z.number().min(1).max(100).default(70).describe('what a well-filled GPU reaches'),
    })
    .prefault({}),
  alerts: z
    .strictObject({
      budget_warning_ratio: z.number().positive().default(0.8),
      cost_spike_factor: z.number().positive().default(2),
      cost_per_request_usd: usd.default(0.1),
      gpu_utilization_percent: z.number().positive().max(100).default(30),
      gpu_monthly_cost_usd: usd.default(1000),
      tenant_cost_factor: z.number().positive().default(3),
      forecast_ratio: z.number().positive().default(1.1),
      burn_rate_1h: z.number().positive().default(14.4),
      burn_rate_6h: z.number().positive().default(6),
      burn_rate_1d: z.number().positive().default(3),
      burn_rate_3d: z.number().positive().default(1.5),
      exhaustion_lead_days: z.number().nonnegative().default(1),
      budget_minimum_usd: usd.default(1),
      budget_minimum_ratio: ratio.default(0.01),
      anomaly_minimum_usd: usd.default(1),
      wasted_cost_ratio: ratio.default(0.1),
      wasted_cost_usd: usd.default(1),
      cache_drop_ratio: ratio.default(0.5),
      cache_drop_tokens: z.number().nonnegative().default(100_000),
      idle_gpu_utilization_percent: z.number().positive().max(100).default(5),
      idle_gpu_monthly_cost_usd: usd.default(100),
      price_table_days: z.number().positive().default(120),
      reconciliation_drift_ratio: z.number().positive().default(0.05),
      reconciliation_drift_usd: usd.default(1),
      runbook_base_url: z
        .url({ error: 'expected a URL' })
        .default('https://github.com/llm-cost-exporter/llm-cost-exporter/blob/main/alert-rules/runbooks'),
      dashboard_base_url: z.url({ error: 'expected a URL' }).default('http://localhost:3000/d'),
    })
    .prefault({}),
  alerting: alerting.prefault({}),
});

export type Config = z.output<typeof configSchema>;
