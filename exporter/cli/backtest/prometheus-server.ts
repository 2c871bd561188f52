import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CodedError } from '../../domain/errors.ts';
import type { EvaluationGrid } from './alert-spans.ts';
import type { Programs } from './programs.ts';

const START_TRIES = 3;
const START_POLLS = 600;
const POLL_MS = 50;
/** A day of minutes: soon answered even for dear windows. Prometheus answers 11,000 points a series at most. */
const MOST_POINTS = 1440;

const QUERY_TIMEOUT = '4m';

/** One series of an answer; `values` are (seconds, number as text). */
export interface RangeSeries {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [seconds: number, value: string])[];
}

export interface PrometheusOptions {
  readonly program: string;
  /** Holds `data`, the blocks. */
  readonly directory: string;
  /** Between the samples of the blocks: what is absent from one moment is not taken from the moment before. */
  readonly stepMs: number;
  readonly programs: Programs;
}

/** A Prometheus that scrapes nothing and answers from blocks, at a port of its own that only this machine reaches. */
export interface PrometheusServer {
  /** All series of an expression over a part of `grid`, one part after the other. */
  parts(expression: string, grid: EvaluationGrid): AsyncGenerator<readonly RangeSeries[]>;
  stop(): Promise<void>;
}

export async function startPrometheus(options: PrometheusOptions): Promise<PrometheusServer> {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    const server = await tryPort(options, port);
    if (!('failure' in server)) return server;
    // Someone else took the port meanwhile.
    if (attempt < START_TRIES && server.failure.includes('address already in use')) continue;
    throw new CodedError('program_failed', `${options.program} ended at its start: ${server.failure}`);
  }
}

async function tryPort(
  { program, directory, stepMs, programs }: PrometheusOptions,
  port: number,
): Promise<PrometheusServer | { readonly failure: string }> {
  const config = join(directory, 'prometheus.yml');
  mkdirSync(join(directory, 'data'), { recursive: true });
  writeFileSync(config, '{}\n');
  const { child, ended, tail } = programs.start(
    program,
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(directory, 'data')}`,
      '--storage.tsdb.retention.time=100y',
      `--web.listen-address=127.0.0.1:${port}`,
      `--query.lookback-delta=${stepMs - 1}ms`,
      `--query.timeout=${QUERY_TIMEOUT}`,
    ],
    '--prometheus',
  );
  const base = `http://127.0.0.1:${port}`;
  for (let poll = 0; poll < START_POLLS; poll++) {
    const ready = await Promise.race([
      ended.then(() => 'ended' as const),
      fetch(`${base}/-/ready`).then(
        ({ ok }) => ok,
        () => false,
      ),
    ]);
    if (ready === 'ended') return { failure: tail() };
    if (ready) {
      return {
        parts: (expression, grid) => parts(base, expression, grid, programs),
        stop: async () => {
          child.kill('SIGTERM');
          await ended;
        },
      };
    }
    await delay(POLL_MS);
  }
  child.kill('SIGKILL');
  return { failure: `not ready after ${(START_POLLS * POLL_MS) / 1000} s: ${tail()}` };
}

async function* parts(
  base: string,
  expression: string,
  { startMs, endMs, stepMs }: EvaluationGrid,
  programs: Programs,
): AsyncGenerator<readonly RangeSeries[]> {
  for (let fromMs = startMs; fromMs <= endMs; fromMs += MOST_POINTS * stepMs) {
    const toMs = Math.min(endMs, fromMs + (MOST_POINTS - 1) * stepMs);
    const body = new URLSearchParams({
      query: expression,
      start: String(fromMs / 1000),
      end: String(toMs / 1000),
      step: String(stepMs / 1000),
      timeout: QUERY_TIMEOUT,
    });
    const answer = await ask(`${base}/api/v1/query_range`, body).catch((error: Error) => {
      programs.throwIfStopped();
      throw new CodedError('query_failed', `Prometheus did not answer ${expression}: ${error.message}`);
    });
    programs.throwIfStopped();
    if (!answer.data)
      throw new CodedError('query_failed', `Prometheus cannot evaluate ${expression}: ${answer.error}`);
    yield answer.data.result;
  }
}

interface Answer {
  readonly error?: string;
  readonly data?: { readonly result: readonly RangeSeries[] };
}

async function ask(url: string, body: URLSearchParams): Promise<Answer> {
  const response = await fetch(url, { method: 'POST', body });
  return (await response.json()) as Answer;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
