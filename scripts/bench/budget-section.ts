import { join } from 'node:path';
import { type BenchContext, measureIn } from './bench-context.ts';
import type { BudgetLoadInput, BudgetLoadResult, CallKind, Latency } from './budget-load.ts';
import { BUDGETS, callFields, USERS } from './budget-workload.ts';
import { listeningAt, type RunningServer, startExporter, stopServer } from './exporter-process.ts';
import { createHttpClient, postEvents } from './http-client.ts';
import { count, ms, type Row, times } from './report.ts';
import type { Section } from './section.ts';
import { largest, median } from './statistics.ts';

const P99_TARGET_MS = 2;
const CALLS_PER_SECOND = 5000;
/** With a commit to disk for each settlement, of which many share one. */
const DURABLE_PER_SECOND = 500;

/** Questions to hard budgets at a fixed rate, in turns with servers that answer a constant. */
export const budgetSection: Section = {
  name: 'budgets',
  title: 'Hard budgets',
  async run(context) {
    const exporter = await startExporter(context, {
      dataDir: `${context.dir}/budgets`,
      budgets: { definitions: BUDGETS },
    });
    context.progress.show('budgets: every user spends something');
    await spendByEveryUser(exporter.url);
    const floors = await Promise.all(['node', 'express'].map((kind) => startFloor(context, kind)));
    const port = ({ url }: RunningServer) => Number(new URL(url).port);
    const measure = (
      callsPerSecond: number,
      ...targets: readonly (readonly [name: string, server: RunningServer, call: CallKind])[]
    ) => {
      const input: BudgetLoadInput = {
        targets: targets.map(([name, server, call]) => ({ name, port: port(server), call })),
        callsPerSecond,
        connections: 64,
        windowMs: context.quick ? 2000 : 5000,
        rounds: context.quick ? 3 : 5,
      };
      return measureIn<BudgetLoadResult>(context, 'budget-load.ts', input);
    };

    // An exporter that has just started looks for anomalies and the like, in threads that have to start.
    context.progress.show('budgets: warming up');
    await measure(CALLS_PER_SECOND, ['ours', exporter, 'check']);
    context.progress.show('budgets: checks');
    const checks = await measure(
      CALLS_PER_SECOND,
      ['ours', exporter, 'check'],
      ['node', floors[0]!, 'check'],
      ['express', floors[1]!, 'check'],
    );
    context.progress.show('budgets: reservations');
    const reserved = await measure(CALLS_PER_SECOND / 2, ['ours', exporter, 'reserve and settle a cost']);
    const durable = await measure(DURABLE_PER_SECOND, ['ours', exporter, 'reserve and settle usage']);
    await Promise.all([exporter, ...floors].map((server) => stopServer(server)));

    const of = `${BUDGETS.length} hard budgets, ${count(USERS)} users`;
    const node = checks.node!.first;
    const express = checks.express!.first;
    const against = `node:http, a constant: ${text(node)}; express, parse and a constant: ${text(express)}`;
    const ratio = times(p99(checks.ours!.first) / p99(express));
    const targeted = (measure: string, found: readonly Latency[], compared: Partial<Row> = {}): Row => ({
      measure,
      ours: text(found),
      against: '',
      ratio: '',
      target: `p99 ≤ ${P99_TARGET_MS} ms`,
      met: p99(found) <= P99_TARGET_MS,
      ...compared,
    });
    const half = count(CALLS_PER_SECOND / 2);
    return [
      targeted(`check at ${count(CALLS_PER_SECOND)}/s, ${of}`, checks.ours!.first, { against, ratio }),
      targeted(`reserve at ${half}/s beside as many settlements`, reserved.ours!.first),
      targeted(`settle with its cost at ${half}/s`, reserved.ours!.second),
      {
        measure: `settle with its usage, committed, at ${DURABLE_PER_SECOND}/s`,
        ours: text(durable.ours!.second),
        against: `reserve beside it: ${text(durable.ours!.first)}`,
        ratio: '',
        target: '',
      },
    ];
  },
};

async function spendByEveryUser(url: string): Promise<void> {
  const client = createHttpClient(1);
  for (let from = 0; from < USERS; from += 1000) {
    const events = Array.from({ length: 1000 }, (_, i) => ({
      id: `user-call-${from + i}`,
      ...callFields(from + i),
      usage: { input_tokens: 1000, output_tokens: 100 },
    }));
    await postEvents(client, url, Buffer.from(JSON.stringify(events)), events.length);
  }
  client.close();
}

async function startFloor(context: BenchContext, kind: string): Promise<RunningServer> {
  const script = join(import.meta.dirname, 'budget-floor.ts');
  const child = context.children.start(kind, process.execPath, [script, kind]);
  return { child, url: await listeningAt(child, /address=(\S+)/) };
}

/** Of the rounds, the middle one. */
function p99(rounds: readonly Latency[]): number {
  return median(rounds.map(({ p99Ms }) => p99Ms));
}

function text(rounds: readonly Latency[]): string {
  const p50 = median(rounds.map(({ p50Ms }) => p50Ms));
  const max = largest(rounds.map(({ maxMs }) => maxMs));
  const rate = median(rounds.map((round) => round.rate));
  return `p50 ${ms(p50)}, p99 ${ms(p99(rounds))}, max ${ms(max)} at ${count(rate)}/s`;
}
