import { ANOMALY_SEVERITIES } from '../../exporter/domain/anomaly.ts';
import { CAUSES, isNamed } from './causes.ts';
import { atLeast, cleanMonths, injectedMonths, type Month, precision, recall } from './detection.ts';
import { INJECTIONS } from './injections.ts';
import { TENANTS, type TenantKind } from './tenants.ts';

const KINDS = Object.keys(TENANTS) as TenantKind[];
/** Costs that hardly have a pattern: what is found there is luck. */
const IRREGULAR: readonly TenantKind[] = ['sparse', 'bursty'];
export const REGULAR = KINDS.filter((kind) => !IRREGULAR.includes(kind));
const CAUSE_SIZES = [1.5, 2, 3];
const CAUSE_SEEDS = 100;

type Row = readonly (string | number)[];

/** The tables of `docs/anomaly-detection.md`. `seeds` of each kind; 4 take two minutes. */
export function detectionTables(
  seeds: number,
): Readonly<Record<'clean' | 'recall' | 'precision' | 'cause', string>> {
  const clean = cleanMonths(KINDS, 2 * seeds);
  const injected = injectedMonths(KINDS, seeds);
  return {
    clean: table(
      ['tenant', 'months', 'info', 'of them below the band', 'warning', 'critical'],
      KINDS.map((kind) =>
        cleanRow(
          kind,
          clean.filter((month) => month.kind === kind),
        ),
      ),
    ),
    recall: table(
      [
        'disturbance',
        'regular: found',
        'as warning or worse',
        'as critical',
        'median delay',
        'irregular: found',
        'median delay',
      ],
      INJECTIONS.map(({ name }) =>
        recallRow(
          name,
          injected.filter(({ injection }) => injection?.name === name),
        ),
      ),
    ),
    precision: table(
      ['anomalies', 'regular tenants', 'irregular tenants'],
      ANOMALY_SEVERITIES.map((severity) => [
        severity === 'critical' ? severity : `${severity} or worse`,
        percent(precision(injected.filter(isRegular), severity)),
        percent(
          precision(
            injected.filter((month) => !isRegular(month)),
            severity,
          ),
        ),
      ]),
    ),
    cause: table(
      ['cause', ...CAUSE_SIZES.map((times) => `${times}x`)],
      Object.keys(CAUSES).map((kind) => [
        `\`${kind}\``,
        ...CAUSE_SIZES.map((times) => percent(causeAccuracy(kind as keyof typeof CAUSES, times))),
      ]),
    ),
  };
}

export function causeAccuracy(kind: keyof typeof CAUSES, times: number, seeds = CAUSE_SEEDS): number {
  return (
    Array.from({ length: seeds }, (_, seed) => isNamed(kind, times, 1 + seed)).filter(Boolean).length / seeds
  );
}

function isRegular({ kind }: Month): boolean {
  return REGULAR.includes(kind);
}

function cleanRow(kind: TenantKind, months: readonly Month[]): Row {
  const all = months.flatMap(({ wrong }) => wrong);
  const perMonth = (count: number) => (count / months.length).toFixed(1);
  const warnings = atLeast(all, 'warning');
  const criticals = atLeast(all, 'critical');
  return [
    kind,
    months.length,
    perMonth(all.length - warnings),
    perMonth(all.filter(({ score }) => score < 0).length),
    perMonth(warnings - criticals),
    perMonth(criticals),
  ];
}

function recallRow(name: string, months: readonly Month[]): Row {
  const regular = months.filter(isRegular);
  const irregular = months.filter((month) => !isRegular(month));
  return [
    `${name} (${regular.length} + ${irregular.length})`,
    ...ANOMALY_SEVERITIES.map((severity) => percent(recall(regular, severity))),
    medianDelay(regular),
    percent(recall(irregular, 'info')),
    medianDelay(irregular),
  ];
}

function medianDelay(months: readonly Month[]): string {
  const delays = months.flatMap(({ delayMinutes }) => delayMinutes ?? []).sort((a, b) => a - b);
  const median = delays[Math.floor(delays.length / 2)];
  if (median === undefined) return '';
  if (median < 120) return `${median} min`;
  return median < 2880 ? `${(median / 60).toFixed(1)} h` : `${(median / 1440).toFixed(1)} d`;
}

function percent(ratio: number): string {
  return Number.isNaN(ratio) ? '' : `${Math.round(ratio * 100)} %`;
}

function table(header: readonly string[], rows: readonly Row[]): string {
  const line = (cells: Row) => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}
