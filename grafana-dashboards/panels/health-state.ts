import * as units from '@grafana/grafana-foundation-sdk/units';
import { stat, yesNo } from '../lib/stat.ts';
import { ONE_IS_GREEN, ZERO_IS_GREEN } from '../lib/thresholds.ts';
import * as exporter from '../queries/exporter.ts';
import { allUnpricedRequests } from '../queries/unpriced.ts';

const NUMBER = { unit: units.Short, decimals: 0, width: 3, height: 5, noValue: 'no exporter' } as const;
const SECONDS_PER_DAY = 86_400;

export function targetsDown() {
  return stat(
    {
      ...NUMBER,
      id: 11,
      title: 'Exporters down',
      description: 'Exporters that Prometheus scraped within the last day and cannot scrape now.',
    },
    exporter.targetsDown,
    { steps: ZERO_IS_GREEN, loud: true },
  );
}

export function ledgerUp() {
  return stat(
    {
      ...NUMBER,
      id: 12,
      title: 'Ledger',
      description: 'Whether every exporter can store events. While one cannot, it refuses them with 503.',
    },
    exporter.ledgerUp,
    { steps: ONE_IS_GREEN, loud: true, words: yesNo('up', 'DOWN') },
  );
}

export function configReloaded() {
  return stat(
    {
      ...NUMBER,
      id: 13,
      title: 'Configuration',
      description: 'Whether every exporter runs with the configuration that is in its file.',
    },
    exporter.configReloaded,
    { steps: ONE_IS_GREEN, loud: true, words: yesNo('loaded', 'REFUSED') },
  );
}

export function samplersDown() {
  return stat(
    { ...NUMBER, id: 14, title: 'Samplers down', description: 'Samplers whose last sample failed.' },
    exporter.samplersDown,
    { steps: ZERO_IS_GREEN, loud: true },
  );
}

export function refusedEvents() {
  return stat(
    {
      ...NUMBER,
      id: 15,
      title: 'Refused events',
      description:
        'Events of the time range that were rejected as invalid or failed to be stored. Duplicates are not in it.',
    },
    exporter.refusedEvents,
    { steps: ZERO_IS_GREEN, loud: true },
  );
}

export function unpricedCalls() {
  return stat(
    {
      ...NUMBER,
      id: 16,
      title: 'Unpriced calls',
      description: 'Calls of the time range for which no price is known.',
    },
    allUnpricedRequests,
    { steps: ZERO_IS_GREEN, loud: true },
  );
}

export function overflowed() {
  return stat(
    {
      ...NUMBER,
      id: 17,
      title: 'Charges in "other"',
      description:
        'Charges of the time range that lost their labels because the label budget was spent. Sums stay exact.',
    },
    exporter.overflowed,
    { steps: ZERO_IS_GREEN, loud: true },
  );
}

export function priceTableAge() {
  return stat(
    {
      ...NUMBER,
      id: 18,
      title: 'Price table age',
      description:
        'Age of the newest price table in use. Old prices are wrong prices: update the package or the overlay.',
      unit: units.Seconds,
    },
    exporter.priceTableAgeSeconds,
    { steps: ['green', [60 * SECONDS_PER_DAY, 'orange'], [180 * SECONDS_PER_DAY, 'red']] },
  );
}
