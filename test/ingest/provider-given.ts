import { METERS } from '../../exporter/domain/meters.ts';
import type { UsageEvent } from '../../exporter/domain/usage-event.ts';
import type { Outcome } from '../../exporter/ingest/outcome.ts';
import { createProviderBatchSource } from '../../exporter/ingest/provider-batch.ts';
import { createProviderResponseSource } from '../../exporter/ingest/provider-event.ts';
import { createProviderStreamSource } from '../../exporter/ingest/provider-stream.ts';
import type { Source } from '../../exporter/ingest/source.ts';
import { UsageEventReader } from '../../exporter/ingest/usage-events.ts';

export const NOW_MS = Date.UTC(2026, 10, 21, 12);
export const EVENTS_PER_REQUEST = 200;

const BOUNDS = { nowMs: NOW_MS, futureMs: 600_000, retentionMs: 400 * 86_400_000 };

const reader = new UsageEventReader();
const SOURCES = {
  response: { source: createProviderResponseSource(reader), contentType: 'application/json' },
  stream: { source: createProviderStreamSource(reader), contentType: 'text/event-stream' },
  batch: {
    source: createProviderBatchSource(reader, { eventsPerRequest: EVENTS_PER_REQUEST }),
    contentType: 'application/jsonl',
  },
} satisfies Record<string, { source: Source; contentType: string }>;

/** What becomes of a request body that came by one of the three ways. */
export function outcomesOf(
  way: keyof typeof SOURCES,
  provider: string,
  body: unknown,
  attributes: Readonly<Record<string, string>> = {},
): Outcome[] {
  const { source, contentType } = SOURCES[way];
  const bytes = body instanceof Uint8Array ? body : typeof body === 'string' ? body : JSON.stringify(body);
  return source.read({ body: Buffer.from(bytes as string), contentType, provider, attributes }, BOUNDS);
}

/** The events among them; throws where there is anything else. */
export function eventsOf(...request: Parameters<typeof outcomesOf>): UsageEvent[] {
  return outcomesOf(...request).map((outcome) => {
    if (outcome.kind !== 'event') throw new Error(JSON.stringify(outcome));
    return outcome.event;
  });
}

/** The one event of a request. */
export function eventOf(...request: Parameters<typeof outcomesOf>): UsageEvent {
  const events = eventsOf(...request);
  if (events.length !== 1) throw new Error(`${events.length} events`);
  return events[0]!;
}

/** Quantities by name, without those that are 0. */
export function metersOf({ quantities }: Pick<UsageEvent, 'quantities'>): Record<string, number> {
  return Object.fromEntries(
    METERS.map((meter, i) => [meter, quantities[i]!] as const).filter(([, n]) => n !== 0),
  );
}

export const lines = (...values: readonly unknown[]) =>
  values.map((value) => `${JSON.stringify(value)}\n`).join('');
export const data = (...events: readonly unknown[]) =>
  events.map((event) => `data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`).join('');
