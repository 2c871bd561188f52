import { randomUUID } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { finish, input } from './bench-context.ts';
import { callFields } from './budget-workload.ts';

/**
 * Calls that come at a fixed rate whether or not earlier ones were answered. Times run from the moment that a call was
 * due, so a server that stalls is charged for all that it makes wait.
 */
export interface BudgetLoadInput {
  readonly targets: readonly { readonly name: string; readonly port: number; readonly call: CallKind }[];
  readonly callsPerSecond: number;
  readonly connections: number;
  readonly windowMs: number;
  readonly rounds: number;
}

/** One question, or a reservation that is settled with its cost or with its usage as soon as it is there. */
export type CallKind = 'check' | 'reserve and settle a cost' | 'reserve and settle usage';

export interface Latency {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Calls answered in a second. */
  readonly rate: number;
}

/** By target: of the first request of each round, and of the second. */
export type BudgetLoadResult = Readonly<
  Record<string, { readonly first: readonly Latency[]; readonly second: readonly Latency[] }>
>;

const WARM_UP_MS = 1000;
const { targets, callsPerSecond, connections, windowMs, rounds } = input<BudgetLoadInput>();
const results: Record<string, { first: Latency[]; second: Latency[] }> = {};
for (const { name, port, call } of targets) {
  results[name] = { first: [], second: [] };
  await load(port, call, WARM_UP_MS);
}
for (let round = 0; round < rounds; round++) {
  for (let i = 0; i < targets.length; i++) {
    const { name, port, call } = targets[(i + round) % targets.length]!;
    const { first, second, rate } = await load(port, call, windowMs);
    results[name]!.first.push(latency(first, rate));
    if (second.length > 0) results[name]!.second.push(latency(second, rate));
  }
}
finish(results);

async function load(port: number, kind: CallKind, forMs: number) {
  const idle = await Promise.all(Array.from({ length: connections }, () => open(port)));
  const all = [...idle];
  const first: number[] = [];
  const second: number[] = [];
  const due: number[] = [];
  const total = Math.floor((forMs / 1000) * callsPerSecond);
  const startedMs = performance.now();
  let made = 0;
  let done = 0;
  await new Promise<void>((resolve, reject) => {
    const run = async (connection: Connection, i: number, dueMs: number) => {
      const question = { ...callFields(i), estimate: { input_tokens: 1200, output_tokens: 400 } };
      const asked = kind === 'check' ? question : { ...question, ttl_seconds: 1 };
      const answer = await connection.post(kind === 'check' ? 'check' : 'reservations', asked);
      const answeredMs = performance.now();
      first.push(answeredMs - dueMs);
      if (!answer.includes('"allowed":true')) throw new Error(`not allowed: ${answer}`);
      if (kind === 'check') return;
      const id = /"reservation_id":"([^"]+)"/.exec(answer)![1]!;
      const settled = await connection.post(`reservations/${id}/settle`, settlement(kind, i));
      second.push(performance.now() - answeredMs);
      if (!settled.includes('"settled":true')) throw new Error(`not settled: ${settled}`);
    };
    const turn = () => {
      const nowMs = performance.now();
      while (made < total && startedMs + (made * 1000) / callsPerSecond <= nowMs) {
        due.push(startedMs + (made * 1000) / callsPerSecond);
        made += 1;
      }
      while (due.length > 0 && idle.length > 0) {
        const connection = idle.pop()!;
        run(connection, made - due.length, due.shift()!).then(() => {
          idle.push(connection);
          done += 1;
        }, reject);
      }
      if (done < total) setImmediate(turn);
      else resolve();
    };
    turn();
  });
  const rate = done / ((performance.now() - startedMs) / 1000);
  for (const connection of all) connection.close();
  return { first, second, rate };
}

function settlement(kind: CallKind, i: number): object {
  if (kind === 'reserve and settle a cost') return { cost_usd: 0.001 };
  const usage = { input_tokens: 1200, output_tokens: 100 };
  return { events: [{ id: randomUUID(), ...callFields(i), usage }] };
}

interface Connection {
  /** The text of the answer. Rejects unless it is 200. */
  post(path: string, body: object): Promise<string>;
  close(): void;
}

function open(port: number): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect(port, '127.0.0.1', () => resolve(connection));
    socket.setNoDelay(true);
    let received = '';
    let answered: { resolve(text: string): void; reject(error: Error): void } | undefined;
    const fail = (error: Error) => {
      reject(error);
      answered?.reject(error);
    };
    socket.on('error', fail).on('data', (chunk) => {
      received += chunk.toString('latin1');
      const end = received.indexOf('\r\n\r\n');
      if (end < 0) return;
      const length = Number(/content-length: (\d+)/i.exec(received)?.[1] ?? 0);
      if (received.length < end + 4 + length) return;
      const text = received;
      received = '';
      if (text.startsWith('HTTP/1.1 200')) answered?.resolve(text);
      else fail(new Error(`expected 200, got ${text.slice(0, 500)}`));
    });
    const connection: Connection = {
      post: (path, body) => {
        const text = JSON.stringify(body);
        const head = `POST /api/v1/budgets/${path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: ${text.length}\r\n\r\n`;
        return new Promise((resolve, reject) => {
          answered = { resolve, reject };
          socket.write(head + text);
        });
      },
      close: () => socket.destroy(),
    };
  });
}

function latency(times: readonly number[], rate: number): Latency {
  const sorted = Float64Array.from(times).sort();
  const at = (quantile: number) => sorted[Math.min(sorted.length - 1, Math.floor(quantile * sorted.length))]!;
  return { p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1), rate };
}
