import { quantileOf } from '../../exporter/domain/order-statistics.ts';
import { machine } from '../bench/machine.ts';
import type { Point } from './evaluate.ts';
import { type Summary, summarize } from './summary.ts';
import type { ThreadLoad } from './thread-load.ts';

const TARGETS = { againstRunRate: 0.5, coverage: [0.85, 0.95], seriesMs: 10, threadMs: 10_000 } as const;
const THREE_PARTS = [
  ['day 5–9', 5, 9],
  ['day 10–19', 10, 19],
  ['day 20 on', 20, 31],
] as const;

export interface Measured {
  readonly seeded: readonly Point[];
  readonly seeds: { readonly first: number; readonly count: number };
  /** Empty where the real data is absent. */
  readonly real: readonly Point[];
  readonly load: ThreadLoad;
}

/** The recorded part of docs/forecast-accuracy.md. */
export function recordText({ seeded, seeds, real, load }: Measured): string {
  const kinds = byKind(seeded);
  const overall = [
    ['**all with a history**', summarize(seeded.filter(({ subject }) => subject.kind !== 'young_ledger'))],
    ['**all**', summarize(seeded)],
  ] as const;
  const durations = seeded.map(({ durationMs }) => durationMs);
  const cpu = seeded.map(({ cpuMs }) => cpuMs);
  const medianMs = quantileOf(durations, 0.5);
  const missed = [
    ...[...overall, ...kinds].flatMap(([kind, summary]) => shortfalls(kind, summary)),
    ...byKind(real).flatMap(([kind, summary]) => shortfalls(`trace: ${kind}`, summary)),
    ...(medianMs > TARGETS.seriesMs
      ? [`median time per series: ${medianMs.toFixed(1)} ms; target ≤ ${TARGETS.seriesMs} ms`]
      : []),
    ...(load.totalMs > TARGETS.threadMs
      ? [
          `${load.series} series: ${(load.totalMs / 1000).toFixed(1)} s; target ≤ ${TARGETS.threadMs / 1000} s`,
        ]
      : []),
  ];
  const parts = THREE_PARTS.map(
    ([name, from, to]) => [name, summarize(seeded.filter(({ day }) => day >= from && day <= to))] as const,
  );
  return [
    `### Seeded series\n\nSeeds ${seeds.first} to ${seeds.first + seeds.count - 1} of each kind. Methods below 1 % are left out.`,
    errorTable([...kinds, ...overall]),
    '### By day of the month',
    errorTable(parts),
    '### When a limit is reached\n\nA limit of 80 % of what the month came to; a date that was not said counts as the month’s end.',
    dateTable([...kinds, ...overall]),
    '### Azure LLM inference trace',
    real.length === 0
      ? 'Not measured in this run: the trace was absent.'
      : errorTable([...byKind(real), ['**all**', summarize(real)]]),
    '### Time',
    table(
      ['measure', 'value', 'target'],
      [
        ['one series, median', `${medianMs.toFixed(1)} ms`, `≤ ${TARGETS.seriesMs} ms`],
        ['one series, median of its CPU time', `${quantileOf(cpu, 0.5).toFixed(1)} ms`, ''],
        ['one series, p99', `${quantileOf(durations, 0.99).toFixed(1)} ms`, ''],
        [
          `${load.series} series in the thread, its start included`,
          `${(load.totalMs / 1000).toFixed(1)} s`,
          `≤ ${TARGETS.threadMs / 1000} s`,
        ],
        ['event loop delay meanwhile, p99', `${load.loopDelayP99Ms.toFixed(1)} ms`, ''],
        ['event loop delay meanwhile, maximum', `${load.loopDelayMaximumMs.toFixed(1)} ms`, ''],
      ],
    ),
    `### What falls short\n\n${missed.map((line) => `- ${line}`).join('\n') || 'Nothing in this run.'}`,
    `### Machine\n\n${machine()
      .map((line) => `- ${line}`)
      .join('\n')}`,
  ].join('\n\n');
}

function byKind(points: readonly Point[]): (readonly [string, Summary])[] {
  return [...Map.groupBy(points, ({ subject }) => subject.kind)].map(([kind, ofKind]) => [
    kind,
    summarize(ofKind),
  ]);
}

function shortfalls(kind: string, { againstRunRate, coverageRatio }: Summary): string[] {
  const [low, high] = TARGETS.coverage;
  return [
    ...(againstRunRate > TARGETS.againstRunRate
      ? [`${kind}: error ${againstRunRate.toFixed(2)} of the run rate's; target ≤ ${TARGETS.againstRunRate}`]
      : []),
    ...(coverageRatio < low || coverageRatio > high
      ? [`${kind}: the band held ${percent(coverageRatio)}; target ${percent(low)}–${percent(high)}`]
      : []),
  ];
}

function errorTable(rows: readonly (readonly [string, Summary])[]): string {
  return table(
    ['series', 'forecasts', 'error', 'run rate’s', 'ratio', '90 % band held', 'half width', 'methods chosen'],
    rows.map(([name, summary]) => [
      name,
      String(summary.forecasts),
      percent(summary.errorRatio, 1),
      percent(summary.runRateErrorRatio, 1),
      summary.againstRunRate.toFixed(2),
      percent(summary.coverageRatio),
      percent(summary.halfWidthRatio),
      summary.methods
        .filter(([, share]) => share >= 0.01)
        .map(([method, share]) => `${method} ${percent(share)}`)
        .join(', '),
    ]),
  );
}

function dateTable(rows: readonly (readonly [string, Summary])[]): string {
  const days = (value: number | undefined) => (value === undefined ? '' : `${value.toFixed(1)} d`);
  return table(
    ['series', 'dates', 'error', 'run rate’s', '90 % band held'],
    rows.map(([name, { dates, dateErrorDays, runRateDateErrorDays, dateCoverageRatio }]) => [
      name,
      String(dates),
      days(dateErrorDays),
      days(runRateDateErrorDays),
      dateCoverageRatio === undefined ? '' : percent(dateCoverageRatio),
    ]),
  );
}

function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  return [columns, columns.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function percent(ratio: number, digits = 0): string {
  return `${(100 * ratio).toFixed(digits)} %`;
}
