import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 50;

/**
 * Asks `look` again and again until it answers something else than undefined, and answers that.
 * Throws after `deadlineMs` with what was awaited and the last error or what `explain` says.
 */
export async function waitUntil<T>(
  what: string,
  look: () => Promise<T | undefined> | T | undefined,
  deadlineMs: number,
  explain: () => string = () => '',
): Promise<T> {
  const deadline = performance.now() + deadlineMs;
  let lastError = '';
  for (;;) {
    try {
      const found = await look();
      if (found !== undefined) return found;
      lastError = '';
    } catch (error) {
      lastError = String(error);
    }
    if (performance.now() > deadline)
      throw new Error(`waited ${deadlineMs / 1000} s in vain for ${what}. ${lastError}\n${explain()}`);
    await delay(POLL_MS);
  }
}
