import type { Source } from './source.ts';

export function createResourcesSource(_settings: { readonly eventsPerRequest: number }): Source {
  return {
    id: 'resources',
    read() {
      throw new Error('not built yet');
    },
  };
}
