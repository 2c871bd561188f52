import { setTimeout as delay } from 'node:timers/promises';
import { finish, input } from './bench-context.ts';
import { cpuMs } from './exporter-process.ts';
import { createHttpClient, type HttpClient, postEvents } from './http-client.ts';
import { createUsage, type Usage, usageBody } from './usage-workload.ts';

export interface Target {
  readonly name: string;
  readonly url: string;
  readonly pid: number;
  /** Distinct dimension sets in what is posted to it. */
  readonly variants: number;
}

export interface PostBodiesInput {
  readonly targets: readonly Target[];
  readonly rounds: number;
  readonly bodies: number;
}

/** Of one round, per body of 1,000 events. */
export interface Round {
  readonly parseMs: number;
  readonly oneConnectionMs: number;
  readonly eightConnectionsMs: number;
  readonly serverCpuMs: number;
}

const EVENTS = 1000;
const WARM_UP_BODIES = 40;

const { targets, rounds, bodies } = input<PostBodiesInput>();
const usage = createUsage(1);
const one = createHttpClient(1);
const eight = createHttpClient(8);
let bytes = 0;

const results: Record<string, Round[]> = {};
for (const target of targets) {
  results[target.name] = [];
  const warmUp = makeBodies(usage, target, WARM_UP_BODIES);
  parseAll(warmUp);
  await post(one, target, warmUp, 1);
}
for (let round = 0; round < rounds; round++) {
  for (let i = 0; i < targets.length; i++) {
    const target = targets[(i + round) % targets.length]!;
    results[target.name]!.push(await measure(target));
  }
}
finish({ results, bytesPerEvent: bytes / EVENTS });

async function measure(target: Target): Promise<Round> {
  const first = makeBodies(usage, target, bodies);
  const second = makeBodies(usage, target, bodies);
  globalThis.gc?.();
  await delay(50);
  const parseMs = parseAll(first) / bodies;
  const cpuBefore = cpuMs(target.pid);
  const oneConnectionMs = (await post(one, target, first, 1)) / bodies;
  const eightConnectionsMs = (await post(eight, target, second, 8)) / bodies;
  const serverCpuMs = (cpuMs(target.pid) - cpuBefore) / bodies / 2;
  return { parseMs, oneConnectionMs, eightConnectionsMs, serverCpuMs };
}

function makeBodies(source: Usage, { variants }: Target, length: number): Buffer[] {
  const made = Array.from({ length }, (_, i) =>
    usageBody(source, variants, EVENTS, Date.now() - (length - i)),
  );
  bytes = made[0]!.length;
  return made;
}

/** What any server must at least do with the bytes. */
function parseAll(all: readonly Buffer[]): number {
  const startedMs = performance.now();
  for (const body of all) {
    if (JSON.parse(body.toString('utf8')).length !== EVENTS) throw new Error('a body was not made as meant');
  }
  return performance.now() - startedMs;
}

async function post(client: HttpClient, target: Target, all: readonly Buffer[], senders: number) {
  const startedMs = performance.now();
  const queue = all.values();
  await Promise.all(
    Array.from({ length: senders }, async () => {
      for (const body of queue) await postEvents(client, target.url, body, EVENTS);
    }),
  );
  return performance.now() - startedMs;
}
