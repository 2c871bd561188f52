import type { Source } from './source.ts';
import type { UsageEventReader } from './usage-events.ts';

export function createLitellmSource(
  _reader: UsageEventReader,
  _settings: { readonly eventsPerRequest: number },
): Source {
  return {
    id: 'litellm',
    read() {
      throw new Error('not built yet');
    },
  };
}
