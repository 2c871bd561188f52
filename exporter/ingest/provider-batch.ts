import type { Source } from './source.ts';
import type { UsageEventReader } from './usage-events.ts';

export function createProviderBatchSource(
  _reader: UsageEventReader,
  _settings: { readonly eventsPerRequest: number },
): Source {
  return {
    id: 'provider_batch',
    read() {
      throw new Error('not built yet');
    },
  };
}
