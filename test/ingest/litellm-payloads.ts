import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { METERS } from '../../exporter/domain/meters.ts';
import { createLitellmSource } from '../../exporter/ingest/litellm.ts';
import type { Outcome } from '../../exporter/ingest/outcome.ts';
import { UsageEventReader } from '../../exporter/ingest/usage-events.ts';
import { NOW_MS } from '../support/charges.ts';

export type Payload = Record<string, unknown>;

/** What LiteLLM 1.106 sent for calls of a provider that was made up; shortened, and without the machine's traces. */
export const RECORDED = JSON.parse(
  readFileSync(join(import.meta.dirname, '../fixtures/litellm/recorded.json'), 'utf8'),
) as Readonly<Record<string, Payload>>;

const DAY_MS = 86_400_000;
export const BOUNDS = { nowMs: NOW_MS, futureMs: 600_000, retentionMs: 400 * DAY_MS };

export function readBody(body: string, contentType = 'application/json'): Outcome[] {
  const source = createLitellmSource(new UsageEventReader(), { eventsPerRequest: 100 });
  return source.read({ body: Buffer.from(body), contentType, provider: '', attributes: {} }, BOUNDS);
}

export function read(...payloads: readonly unknown[]): Outcome[] {
  return readBody(JSON.stringify(payloads));
}

/** A call with the given usage, as LiteLLM's Python types would write it; `fields` replace those of the payload. */
export function payload(usage: object | undefined, fields: Payload = {}): Payload {
  return {
    id: 'chatcmpl-0123456789abcdef',
    litellm_call_id: '5e9f3c7f-13dd-4a83-b09d-c0c78b860952',
    trace_id: 'trace-1',
    call_type: 'acompletion',
    cache_hit: false,
    status: 'success',
    custom_llm_provider: 'openai',
    startTime: NOW_MS / 1000 - 2,
    endTime: NOW_MS / 1000 - 1,
    model: 'gpt-4o',
    response_cost: 0,
    metadata: { usage_object: usage },
    response: { id: 'chatcmpl-0123456789abcdef', model: 'gpt-4o', choices: [{ finish_reason: 'stop' }] },
    ...fields,
  };
}

/** The quantities that are not 0, by meter; the outcome itself where it is no event. */
export function metersOf(outcome: Outcome | undefined): unknown {
  if (outcome?.kind !== 'event') return outcome;
  return Object.fromEntries(
    outcome.event.quantities.flatMap((quantity, meter) =>
      quantity === 0 ? [] : [[METERS[meter], quantity]],
    ),
  );
}
