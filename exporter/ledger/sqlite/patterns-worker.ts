import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import type { CallPatternQuery } from '../ledger.ts';
import { callPatterns } from './queries.ts';

/** One read-only query beside the writer, so that a long scan holds up no commit. Ends when answered. */
const { path, query } = workerData as { path: string; query: CallPatternQuery };
const database = new DatabaseSync(path, { readOnly: true });
parentPort!.postMessage(callPatterns(database, query));
database.close();
