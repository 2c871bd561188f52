import { Worker } from 'node:worker_threads';
import { CodedError } from '../domain/errors.ts';
import type { ReadRequest } from './sqlite/protocol.ts';

/** Questions answered beside the writer, each in a thread of its own. */
export class ReadersBeside {
  readonly #path: string;
  readonly #running = new Set<Worker>();

  constructor(path: string) {
    this.#path = path;
  }

  /** Rejects with `ledger_unavailable`. */
  ask(request: ReadRequest): Promise<unknown> {
    const worker = new Worker(new URL('./sqlite/reader-worker.ts', import.meta.url), {
      workerData: { path: this.#path, request },
    });
    this.#running.add(worker);
    return new Promise((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', (error) => reject(unreadable(String(error))));
      worker.once('exit', () => {
        this.#running.delete(worker);
        reject(unreadable('closed'));
      });
    });
  }

  /** Whoever still waits is refused. */
  async close(): Promise<void> {
    await Promise.all([...this.#running].map((worker) => worker.terminate()));
  }
}

function unreadable(reason: string): CodedError {
  return new CodedError('ledger_unavailable', `the ledger cannot be read now: ${reason}`);
}
