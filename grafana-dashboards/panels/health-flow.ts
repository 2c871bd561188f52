import * as units from '@grafana/grafana-foundation-sdk/units';
import { bars } from '../lib/bars.ts';
import { lines, stackedLines } from '../lib/graph.ts';
import { ZERO_IS_GREEN } from '../lib/thresholds.ts';
import * as exporter from '../queries/exporter.ts';

const THIRD = { width: 8, height: 8 } as const;
const QUARTER = { width: 6, height: 8 } as const;

const percentiles = (at: (q: number) => string) => ({ p50: at(0.5), p95: at(0.95), p99: at(0.99) });

export function eventsByResult() {
  return stackedLines(
    {
      ...QUARTER,
      id: 21,
      title: 'Events by result',
      description: 'Events per second, by what became of them.',
      unit: units.CountsPerSecond,
    },
    { '{{result}}': exporter.eventsPerSecondByResult },
  );
}

export function eventsBySource() {
  return stackedLines(
    {
      ...QUARTER,
      id: 22,
      title: 'Events by source',
      description: 'Events per second, by the way in that they took.',
      unit: units.CountsPerSecond,
    },
    { '{{source}}': exporter.eventsPerSecondBySource },
  );
}

export function refusedBySource() {
  return lines(
    {
      ...QUARTER,
      id: 23,
      title: 'Rejected and failed',
      description:
        'Events per second that were invalid (rejected) or could not be stored (failed), by source.',
      unit: units.CountsPerSecond,
      noValue: 'none',
    },
    { '{{source}} {{result}}': exporter.refusedPerSecond },
  );
}

export function uncountedCalls() {
  return bars(
    {
      width: 12,
      height: 8,
      id: 25,
      title: 'Seen and not counted',
      description:
        'Calls in the range that were seen and are in no total, by source and reason. usage_missing is cost that nobody knows; the other skips are calls that are counted elsewhere or cost nothing.',
      unit: units.Short,
      noValue: 'none',
    },
    '{{source}} {{reason}}',
    exporter.uncountedByReason,
    ZERO_IS_GREEN,
  );
}

export function unpricedEvents() {
  return bars(
    {
      width: 12,
      height: 8,
      id: 26,
      title: 'Accepted without a price',
      description: 'Events in the range that were stored and have no price, by source.',
      unit: units.Short,
      noValue: 'none',
    },
    '{{source}}',
    exporter.unpricedBySource,
    ZERO_IS_GREEN,
  );
}

export function ingestLatency() {
  return lines(
    {
      ...QUARTER,
      id: 24,
      title: 'Time to acknowledge',
      description: 'From the end of the request body to its acknowledgement, over all sources.',
      unit: units.Seconds,
    },
    percentiles(exporter.ingestSeconds),
  );
}

export function commitLatency() {
  return lines(
    {
      ...QUARTER,
      id: 31,
      title: 'Time of a commit',
      description: 'One durable ledger commit, which many requests may share.',
      unit: units.Seconds,
    },
    percentiles(exporter.commitSeconds),
  );
}

export function ledgerErrors() {
  return bars(
    {
      ...QUARTER,
      id: 32,
      title: 'Ledger errors',
      description: 'Failed ledger operations over the time range, by operation.',
      unit: units.Short,
      decimals: 0,
      noValue: 'none',
    },
    '{{operation}}',
    exporter.ledgerErrorsByOperation,
    ZERO_IS_GREEN,
  );
}

export function ledgerRows() {
  return lines(
    {
      ...QUARTER,
      id: 33,
      title: 'Charges stored',
      description: 'Rows in the ledger, by exporter.',
      unit: units.Short,
    },
    { '{{instance}}': exporter.ledgerRows },
  );
}

export function ledgerBytes() {
  return lines(
    {
      ...QUARTER,
      id: 34,
      title: 'Ledger size',
      description: 'Size of the ledger files, the write-ahead log included, by exporter.',
      unit: units.BytesIEC,
    },
    { '{{instance}}': exporter.ledgerBytes },
  );
}

export function seriesByFamily() {
  return lines(
    {
      ...QUARTER,
      id: 41,
      title: 'Series held',
      description:
        'Series by metric family, of the exporter that holds most. A family at its limit sends the rest to "other".',
      unit: units.Short,
    },
    { '{{family}}': exporter.seriesByFamily },
  );
}

export function overflowByFamily() {
  return lines(
    {
      ...QUARTER,
      id: 42,
      title: 'Charges into "other"',
      description: 'Charges per second that were counted without their labels, by family.',
      unit: units.CountsPerSecond,
      noValue: 'none',
    },
    { '{{family}}': exporter.overflowPerSecondByFamily },
  );
}

export function expositionBytes() {
  return lines(
    {
      ...QUARTER,
      id: 43,
      title: 'Scrape size',
      description: 'Size of the previous scrape before compression, by exporter.',
      unit: units.BytesIEC,
    },
    { '{{instance}}': exporter.expositionBytes },
  );
}

export function expositionDuration() {
  return lines(
    {
      ...QUARTER,
      id: 44,
      title: 'Time to write a scrape',
      description: 'Time that the previous scrape took to write, by exporter.',
      unit: units.Seconds,
    },
    { '{{instance}}': exporter.expositionSeconds },
  );
}

export function samplerUp() {
  return lines(
    {
      ...THIRD,
      id: 51,
      title: 'Sampler up',
      description: '1 if the last sample succeeded. A sampler with nothing to sample is absent.',
      unit: units.Short,
    },
    { '{{instance}} {{sampler}}': exporter.samplerUp },
  ).max(1);
}

export function samplerAge() {
  return lines(
    {
      ...THIRD,
      id: 52,
      title: 'Age of the last good sample',
      description:
        'It saws between zero and the sampling interval; a line that climbs is a sampler that hangs or fails.',
      unit: units.Seconds,
    },
    { '{{instance}} {{sampler}}': exporter.samplerAgeSeconds },
  );
}

export function samplerDuration() {
  return lines(
    {
      ...THIRD,
      id: 53,
      title: 'Time of a sample',
      description: 'Samples run in the background: a slow one delays no scrape.',
      unit: units.Seconds,
    },
    { '{{instance}} {{sampler}}': exporter.samplerSeconds },
  );
}
