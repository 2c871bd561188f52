import type { History } from './history.ts';
import { postEvents, scrape } from './sender.ts';
import { callsPerSecond, type Traffic } from './traffic.ts';

const HOUR_MS = 3_600_000;
const SLICE_MS = 300_000;

/** Hours of past: the mean hour of a day needs the hour before that day, and `increase` two scrapes in it. */
export const BACKFILL_HOURS = 26;

/**
 * Posts the calls of the hours before `nowMs` in slices of five minutes and keeps a scrape after each.
 * Answers the number of calls.
 */
export async function backfill(
  base: string,
  traffic: Traffic,
  history: History,
  nowMs: number,
  averageCallsPerSecond: number,
  onSlice: (share: number) => void,
): Promise<number> {
  const slices = (BACKFILL_HOURS * HOUR_MS) / SLICE_MS;
  let calls = 0;
  for (let slice = 0; slice < slices; slice++) {
    const fromMs = nowMs - (slices - slice) * SLICE_MS;
    const perSecond = callsPerSecond(averageCallsPerSecond, (nowMs - fromMs) / HOUR_MS);
    const events = traffic.ordinary(Math.round((perSecond * SLICE_MS) / 1000), fromMs, fromMs + SLICE_MS);
    const { rejected } = await postEvents(base, events);
    if (rejected[0]) throw new Error(`the exporter rejected a call of the demo: ${rejected[0].message}`);
    calls += events.length;
    history.add(await scrape(base), fromMs + SLICE_MS);
    onSlice((slice + 1) / slices);
  }
  return calls;
}
