import { setImmediate as nextTurn } from 'node:timers/promises';
import { createApp } from '../../../exporter/app/index.ts';
import type { Config } from '../../../exporter/config/schema.ts';
import type { Ports } from '../../../exporter/domain/ports.ts';
import { createTraffic } from '../traffic.ts';
import { HISTORY_FROM_MS, hourWeight, STORY_END_MS } from './month-story.ts';

const HOUR_MS = 3_600_000;
const SEED = 20_261_001;
/** Of a mean hour before the launch. */
const CALLS_PER_HOUR = 60;
/** Hours of calls in one request. */
const SLICE_HOURS = 6;

/**
 * Writes the story's calls into the ledger of `config.data_dir` the way that they would have come: through the exporter's
 * own intake, with a clock that goes along. Answers the number of calls.
 */
export async function writeMonth(
  config: Config,
  stop: AbortSignal,
  onProgress: (share: number) => void,
): Promise<number> {
  let nowMs = HISTORY_FROM_MS;
  const nothing = () => undefined;
  const ports: Ports = {
    now: () => nowMs,
    monotonic: () => performance.now(),
    log: { info: nothing, warn: nothing, error: (message) => process.stderr.write(`demo: ${message}\n`) },
  };
  const app = await createApp(config, {
    ports,
    build: { version: 'demo', revision: '', nodeVersion: process.version },
  });
  const traffic = createTraffic(SEED, 'month');
  let calls = 0;
  try {
    while (app.notReadyBecause() !== undefined) await nextTurn();
    while (nowMs < STORY_END_MS) {
      stop.throwIfAborted();
      const fromMs = nowMs;
      nowMs = Math.min(STORY_END_MS, fromMs + SLICE_HOURS * HOUR_MS);
      const events = [];
      for (let hourMs = fromMs; hourMs < nowMs; hourMs += HOUR_MS)
        events.push(
          ...traffic.ordinary(Math.round(CALLS_PER_HOUR * hourWeight(hourMs)), hourMs, hourMs + HOUR_MS),
        );
      const body = Buffer.from(JSON.stringify({ events }));
      const request = { body, contentType: 'application/json', provider: '', attributes: {} };
      const { rejected } = await app.ingest('events', request);
      if (rejected[0]) throw new Error(`the exporter rejected a call of the demo: ${rejected[0].message}`);
      calls += events.length;
      onProgress((nowMs - HISTORY_FROM_MS) / (STORY_END_MS - HISTORY_FROM_MS));
    }
  } finally {
    await app.close();
  }
  return calls;
}
