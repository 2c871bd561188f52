import { textOf } from './body-text.ts';
import { createLitellmSource } from './litellm.ts';
import { createOtlpSources, type OtlpSettings } from './otlp/index.ts';
import { createProviderBatchSource } from './provider-batch.ts';
import { createProviderResponseSource } from './provider-event.ts';
import { createProviderStreamSource } from './provider-stream.ts';
import { createResourcesSource } from './resources.ts';
import type { Source, SourceId } from './source.ts';
import { candidatesOf } from './usage-body.ts';
import { UsageEventReader } from './usage-events.ts';

export interface IngestSettings {
  readonly eventsPerRequest: number;
  readonly otlp: OtlpSettings;
}

/** Every wire format that comes in by HTTP. */
export function createSources(settings: IngestSettings): ReadonlyMap<SourceId, Source> {
  const reader = new UsageEventReader();
  const sources: readonly Source[] = [
    {
      id: 'events',
      read: ({ body, contentType }, bounds) =>
        reader.readAll(candidatesOf(textOf(body), contentType, settings.eventsPerRequest), bounds),
    },
    createProviderResponseSource(reader),
    createProviderStreamSource(reader),
    createProviderBatchSource(reader, settings),
    createLitellmSource(reader, settings),
    createResourcesSource(settings),
    ...createOtlpSources(settings.otlp),
  ];
  return new Map(sources.map((source) => [source.id, source]));
}
