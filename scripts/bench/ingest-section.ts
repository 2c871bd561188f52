import { cpSync } from 'node:fs';
import { measureIn } from './bench-context.ts';
import { type RunningServer, startExporter, stopServer } from './exporter-process.ts';
import { LEDGER_VARIANTS, ledgers } from './ledgers.ts';
import type { PostBodiesInput, Round, Target } from './post-bodies.ts';
import { count, ms, type Row, times } from './report.ts';
import type { Section } from './section.ts';
import { median } from './statistics.ts';

const RATIO_TARGET = 6;
const GROWTH_TARGET = 1.2;
const MANY_VARIANTS = 10_000;

/** Bodies of 1,000 events into the real exporter, on ledgers of several sizes in turn. */
export const ingestSection: Section = {
  name: 'ingest',
  title: 'Ingest of 1,000-event bodies',
  async run(context) {
    const filled = await ledgers(context);
    const smallest = filled[0]!;
    const many = `${context.dir}/ingest-many`;
    cpSync(smallest.dataDir, many, { recursive: true });
    const setups = [
      ...filled.map(({ rows, dataDir }) => ({ rows, dataDir, variants: LEDGER_VARIANTS })),
      { rows: smallest.rows, dataDir: many, variants: MANY_VARIANTS },
    ].map((setup) => ({
      ...setup,
      name: `${count(setup.rows)} rows, ${count(setup.variants)} dimension sets`,
    }));
    const exporters: RunningServer[] = [];
    for (const { dataDir } of setups) exporters.push(await startExporter(context, { dataDir }));
    const targets = setups.map(({ name, variants }, i): Target => {
      const { url, child } = exporters[i]!;
      return { name, url, pid: child.pid, variants };
    });
    context.progress.show('ingest: posting');
    const input: PostBodiesInput = {
      targets,
      rounds: context.quick ? 3 : 7,
      bodies: context.quick ? 16 : 32,
    };
    const { results, bytesPerEvent } = await measureIn<{
      results: Record<string, Round[]>;
      bytesPerEvent: number;
    }>(context, 'post-bodies.ts', input);
    await Promise.all(exporters.map((exporter) => stopServer(exporter)));

    const of = (name: string, figure: (round: Round) => number) => median(results[name]!.map(figure));
    const rows: Row[] = [];
    for (const { name } of setups) {
      for (const [connections, figure] of [
        ['1 connection', (round: Round) => round.oneConnectionMs],
        ['8 connections', (round: Round) => round.eightConnectionsMs],
      ] as const) {
        const ratio = of(name, (round) => figure(round) / round.parseMs);
        rows.push({
          measure: `body of 1,000 events (${bytesPerEvent.toFixed(0)} B each), ${name}, ${connections}`,
          ours: `${ms(of(name, figure))} (exporter CPU ${ms(of(name, (round) => round.serverCpuMs))})`,
          against: `JSON.parse ${ms(of(name, (round) => round.parseMs))}`,
          ratio: times(ratio),
          target: '≤ 6×',
          met: ratio <= RATIO_TARGET,
        });
      }
    }
    const base = setups[0]!;
    for (const { name, rows: ledgerRows } of setups.slice(1, filled.length)) {
      const both = (round: Round) => round.oneConnectionMs + round.eightConnectionsMs;
      const growth = of(name, both) / of(base.name, both);
      rows.push({
        measure: `ingest at ${count(ledgerRows)} rows against ${count(base.rows)} rows`,
        ours: ms(of(name, both) / 2),
        against: ms(of(base.name, both) / 2),
        ratio: times(growth),
        target: '≤ 1.20× (at 5,000,000)',
        met: growth <= GROWTH_TARGET,
      });
    }
    return rows;
  },
};
