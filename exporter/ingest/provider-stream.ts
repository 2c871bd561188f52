import type { Source } from './source.ts';
import type { UsageEventReader } from './usage-events.ts';

export function createProviderStreamSource(_reader: UsageEventReader): Source {
  return {
    id: 'provider_stream',
    read() {
      throw new Error('not built yet');
    },
  };
}
