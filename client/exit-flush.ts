interface ProcessLike {
  once?: (event: 'beforeExit', listener: () => void) => unknown;
  off?: (event: 'beforeExit', listener: () => void) => unknown;
}

interface PageLike {
  readonly document?: EventTarget & { readonly visibilityState?: string };
  readonly addEventListener?: EventTarget['addEventListener'];
  readonly removeEventListener?: EventTarget['removeEventListener'];
}

/** Of all clients: they share one listener, as Node warns of many. */
const flushes = new Set<() => void>();

/**
 * Calls `flush` once the process is about to end by itself, and whenever a page is hidden or left. Returns what undoes
 * it. Neither `process.exit()` nor a signal gives the time for it.
 */
export function flushOnExit(flush: () => void): () => void {
  if (flushes.size === 0) listen();
  flushes.add(flush);
  return () => {
    flushes.delete(flush);
    if (flushes.size === 0) unlisten();
  };
}

function flushAll(): void {
  for (const flush of flushes) flush();
}

function flushHidden(): void {
  if ((globalThis as PageLike).document?.visibilityState === 'hidden') flushAll();
}

function listen(): void {
  const { process } = globalThis as { process?: ProcessLike };
  const { document, addEventListener } = globalThis as PageLike;
  // Once: with the exporter away, another flush after each would keep the process for ever.
  process?.once?.('beforeExit', flushAll);
  if (!document) return;
  document.addEventListener('visibilitychange', flushHidden);
  addEventListener?.('pagehide', flushAll);
}

function unlisten(): void {
  const { process } = globalThis as { process?: ProcessLike };
  const { document, removeEventListener } = globalThis as PageLike;
  process?.off?.('beforeExit', flushAll);
  document?.removeEventListener('visibilitychange', flushHidden);
  removeEventListener?.('pagehide', flushAll);
}
