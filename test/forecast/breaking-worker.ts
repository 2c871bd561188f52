import { parentPort } from 'node:worker_threads';
import type { ForecastBatch, ForecastReply } from '../../exporter/forecast/forecast-thread.ts';

/** Knows nothing of any series; for some zones it breaks. */
parentPort!.on('message', ({ requests }: ForecastBatch) => {
  const zone = requests[0]?.options.timeZone;
  if (zone === 'Break/Throw') throw new Error('broken on purpose');
  if (zone === 'Break/Exit') process.exit(7);
  if (zone === 'Break/Hang') for (;;);
  const forecasts = requests.map(() => ({ kind: 'too_little_history', hours: 0, neededHours: 72 }) as const);
  parentPort!.postMessage({ forecasts } satisfies ForecastReply);
});
