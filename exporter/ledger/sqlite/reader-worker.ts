import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import type { SelectedSeries } from '../../domain/series.ts';
import { amounts } from './amounts.ts';
import { hourly } from './hourly.ts';
import type { ReadRequest } from './protocol.ts';
import { callPatterns } from './queries.ts';

/**
 * One question answered beside the writer, from one read transaction: a long read holds up no commit, and what is
 * stored meanwhile does not show. Ends when answered.
 */
const { path, request } = workerData as { path: string; request: ReadRequest };
const database = new DatabaseSync(path, { readOnly: true, timeout: 5000 });
database.exec('BEGIN');
switch (request.op) {
  case 'callPatterns':
    parentPort!.postMessage(callPatterns(database, request.query));
    break;
  case 'amounts':
    parentPort!.postMessage(amounts(database, request.throughRow, request.queries));
    break;
  case 'hourly': {
    const found = hourly(database, request.query);
    parentPort!.postMessage(found, buffersOf(found));
    break;
  }
}
database.close();

function buffersOf(found: readonly (readonly SelectedSeries[])[]): ArrayBuffer[] {
  return found.flat().map(({ series }) => series.amounts.buffer as ArrayBuffer);
}
