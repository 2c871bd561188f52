import { monitorEventLoopDelay } from 'node:perf_hooks';
import { HOUR_MS } from '../../exporter/domain/series.ts';
import { ForecastThread } from '../../exporter/forecast/forecast-thread.ts';
import { requestAt } from './evaluate.ts';
import { SERIES_KINDS, seededSubject } from './seeded-series.ts';

export interface ThreadLoad {
  readonly series: number;
  /** From the call to its answer, the start of the thread included. */
  readonly totalMs: number;
  /** Of the event loop that waited for it. */
  readonly loopDelayP99Ms: number;
  readonly loopDelayMaximumMs: number;
}

const TENTH_DAY_HOURS = 240;

/** So many series of all kinds at the tenth day of their month, in one call. */
export async function measureThread(series: number): Promise<ThreadLoad> {
  const requests = Array.from({ length: series }, (_, at) => {
    const subject = seededSubject(
      SERIES_KINDS[at % SERIES_KINDS.length]!,
      Math.floor(at / SERIES_KINDS.length),
    );
    const monthAt = Math.ceil((subject.period.startMs - subject.series.startMs) / HOUR_MS);
    return requestAt(subject, monthAt + TENTH_DAY_HOURS);
  });
  const thread = new ForecastThread();
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const startedMs = performance.now();
  await thread.forecastAll(requests);
  const totalMs = performance.now() - startedMs;
  delay.disable();
  await thread.close();
  return {
    series,
    totalMs,
    loopDelayP99Ms: delay.percentile(99) / 1e6,
    loopDelayMaximumMs: delay.max / 1e6,
  };
}
