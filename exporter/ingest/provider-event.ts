import { textOf } from './body-text.ts';
import { readProviderCall } from './provider-call.ts';
import { assembleChunks, isChunkList, readAssembly } from './provider-transcript.ts';
import type { Source } from './source.ts';
import { documentOf } from './usage-body.ts';
import type { UsageEventReader } from './usage-events.ts';

/** One response of a provider. */
export function createProviderResponseSource(reader: UsageEventReader): Source {
  return {
    id: 'provider_response',
    read({ body, provider, attributes }, bounds) {
      const document = documentOf(textOf(body));
      if (isChunkList(provider, document)) {
        return readAssembly(reader, assembleChunks(document), provider, attributes, bounds);
      }
      return readProviderCall(reader, { provider, body: document }, attributes, bounds);
    },
  };
}
