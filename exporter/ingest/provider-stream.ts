import { assembleTranscript, readAssembly } from './provider-transcript.ts';
import type { Source } from './source.ts';
import type { UsageEventReader } from './usage-events.ts';

/** The transcript of one streamed response, as the provider sent it. It may be cut anywhere, within a character too. */
export function createProviderStreamSource(reader: UsageEventReader): Source {
  return {
    id: 'provider_stream',
    read({ body, provider, attributes }, bounds) {
      const text = body.toString('utf8').replace(/^\uFEFF/, '');
      return readAssembly(reader, assembleTranscript(text), provider, attributes, bounds);
    },
  };
}
