import { parentPort } from 'node:worker_threads';
import type { ForecastBatch, ForecastReply } from './forecast-thread.ts';
import { forecastSeries } from './index.ts';

const port = parentPort!;

port.on('message', ({ amounts, requests }: ForecastBatch) => {
  let reply: ForecastReply;
  try {
    let first = 0;
    const forecasts = requests.map(({ startMs, hours, options }) => {
      const series = { startMs, amounts: amounts.subarray(first, first + hours) };
      first += hours;
      return forecastSeries(series, options);
    });
    reply = { forecasts };
  } catch (error) {
    reply = { message: error instanceof Error ? error.message : String(error) };
  }
  const paths = 'forecasts' in reply ? reply.forecasts.filter(({ kind }) => kind === 'forecast') : [];
  const buffers = paths.flatMap((path) =>
    path.kind === 'forecast' ? [path.mid.buffer, path.lower.buffer, path.upper.buffer] : [],
  );
  port.postMessage(reply, buffers as ArrayBuffer[]);
});
