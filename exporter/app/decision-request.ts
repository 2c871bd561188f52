import { z } from 'zod';
import type { Scoped } from '../domain/budget-scope.ts';
import { CodedError } from '../domain/errors.ts';
import { canonicalProvider } from '../domain/provider-name.ts';
import type { Dimensions } from '../domain/usage-event.ts';
import { textOf } from '../ingest/body-text.ts';
import { DimensionInterner } from '../ingest/dimension-interner.ts';
import { createExplainer } from '../ingest/explain.ts';
import { areTags, MAX_TAGS, TAG_LIMIT } from '../ingest/tags.ts';
import { documentOf } from '../ingest/usage-body.ts';
import { MAX_COST_USD, MAX_TOKENS, TEXT_LIMITS } from '../ingest/usage-event-schema.ts';

const text = (field: keyof typeof TEXT_LIMITS) => z.string().max(TEXT_LIMITS[field]).nullish();
const tokens = z.int().min(0).max(MAX_TOKENS).nullish();

/** What a call takes: what it costs, or the tokens that tell. Both where budgets of both units are to know. */
const amounts = z
  .strictObject({
    cost_usd: z.number().min(0).max(MAX_COST_USD).nullish(),
    input_tokens: tokens,
    /** Of an estimate: the most that the call may answer. */
    output_tokens: tokens,
  })
  .refine(isTold, { error: 'expected cost_usd, or input_tokens and output_tokens, or all three' });

/** Whose call it is, in the fields of a usage event. */
const question = z.strictObject({
  provider: text('provider'),
  model: text('model'),
  tenant_id: text('tenant_id'),
  team: text('team'),
  user_id: text('user_id'),
  project_id: text('project_id'),
  feature: text('feature'),
  environment: text('environment'),
  operation: text('operation'),
  service_tier: text('service_tier'),
  tags: z
    .custom<Readonly<Record<string, string>>>(areTags, {
      error: `expected an object of at most ${MAX_TAGS} texts; names and texts have at most ${TAG_LIMIT} characters`,
    })
    .nullish(),
  estimate: amounts,
});

const MAX_RESERVATION_SECONDS = 3600;
const reservation = question.extend({
  ttl_seconds: z.number().min(1).max(MAX_RESERVATION_SECONDS).nullish(),
  /** Of the client's own, unique in a tenant. */
  idempotency_key: z.string().min(1).max(256).nullish(),
});

const settlement = z.union([z.strictObject({ events: z.array(z.unknown()).min(1) }), amounts]);

export type Amounts = z.output<typeof amounts>;

export interface DecisionQuestion {
  /** What the call's usage event will be counted by; twice where its provider has another name in the price list. */
  readonly scopes: readonly Scoped[];
  readonly estimate: Amounts;
}

export interface ReservationRequest extends DecisionQuestion {
  readonly ttlSeconds: number | undefined;
  readonly idempotencyKey: string | undefined;
}

/** Reads the bodies of questions and settlements. Throws `invalid_json` and `invalid_request`. */
export class DecisionReader {
  readonly #interner = new DimensionInterner();

  check(body: Buffer): DecisionQuestion {
    return this.#questionOf(parse(question, body));
  }

  reserve(body: Buffer): ReservationRequest {
    const wire = parse(reservation, body);
    const { ttl_seconds, idempotency_key } = wire;
    return {
      ...this.#questionOf(wire),
      ttlSeconds: ttl_seconds ?? undefined,
      idempotencyKey: idempotency_key == null ? undefined : `${wire.tenant_id ?? ''}\0${idempotency_key}`,
    };
  }

  /** What the call took, or undefined where the body has its usage events, as `POST /v1/usage` takes them. */
  settle(body: Buffer): Amounts | undefined {
    const { data } = settlement.safeParse(documentOf(textOf(body)));
    if (!data) {
      throw new CodedError(
        'invalid_request',
        'expected {"events": [a usage event, …]}, or cost_usd, or input_tokens and output_tokens, or all three of these',
      );
    }
    return 'events' in data ? undefined : data;
  }

  #questionOf(wire: z.output<typeof question>): DecisionQuestion {
    const given = wire.provider ?? '';
    const listed = canonicalProvider(given);
    const common = { userId: wire.user_id ?? '', tags: wire.tags == null ? '' : JSON.stringify(wire.tags) };
    const scopes = [{ ...common, dimensions: this.#dimensionsOf(wire, given) }];
    // Some sources keep the name as it is given, some count it under the listed one.
    if (listed !== given) scopes.push({ ...common, dimensions: this.#dimensionsOf(wire, listed) });
    return { scopes, estimate: wire.estimate };
  }

  #dimensionsOf(wire: z.output<typeof question>, provider: string): Dimensions {
    const dimensions = this.#interner.intern(
      provider,
      wire.model ?? '',
      wire.tenant_id ?? '',
      wire.team ?? '',
      wire.project_id ?? '',
      wire.feature ?? '',
      wire.environment ?? '',
      wire.operation ?? '',
      wire.service_tier ?? '',
      'success',
      'api_external',
    );
    if (dimensions) return dimensions;
    throw new CodedError('invalid_request', 'a text has a NUL or a lone surrogate, which no label can have');
  }
}

function isTold({
  cost_usd,
  input_tokens,
  output_tokens,
}: {
  cost_usd?: unknown;
  input_tokens?: unknown;
  output_tokens?: unknown;
}): boolean {
  const hasTokens = input_tokens != null;
  return hasTokens === (output_tokens != null) && (hasTokens || cost_usd != null);
}

function parse<Schema extends z.ZodType>(schema: Schema, body: Buffer): z.output<Schema> {
  const document = documentOf(textOf(body));
  const { data } = schema.safeParse(document);
  if (data) return data;
  throw new CodedError('invalid_request', createExplainer(schema, 'a question')(document));
}
