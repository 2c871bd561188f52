import * as units from '@grafana/grafana-foundation-sdk/units';
import { lines } from '../lib/graph.ts';
import { table } from '../lib/table.ts';
import * as exporter from '../queries/exporter.ts';

const QUARTER = { width: 6, height: 8 } as const;

export function cpu() {
  return lines(
    {
      ...QUARTER,
      id: 61,
      title: 'CPU',
      description: 'Cores that the exporter uses; 1 is one whole core.',
      unit: units.Short,
    },
    { '{{instance}}': exporter.cpuCores },
  );
}

export function memory() {
  return lines(
    {
      ...QUARTER,
      id: 62,
      title: 'Memory',
      description: 'Resident memory of the process, and the JavaScript heap in it.',
      unit: units.BytesIEC,
    },
    { '{{instance}} resident': exporter.residentBytes, '{{instance}} heap': exporter.heapBytes },
  );
}

export function eventLoopLag() {
  return lines(
    {
      ...QUARTER,
      id: 63,
      title: 'Event loop lag',
      description:
        'How late the event loop runs its timers. Long lag delays acknowledgements and scrapes alike.',
      unit: units.Seconds,
    },
    { '{{instance}}': exporter.eventLoopLagSeconds },
  );
}

export function host() {
  return lines(
    {
      ...QUARTER,
      id: 64,
      title: 'Host',
      description: 'CPU and memory in use on the machine, other programs included.',
      unit: units.Percent,
    },
    { '{{instance}} CPU': exporter.hostCpuPercent, '{{instance}} memory': exporter.hostMemoryPercent },
  ).max(100);
}

export function priceTables() {
  return table(
    {
      id: 71,
      title: 'Price tables',
      description: 'Price tables in use and how old they are.',
      unit: units.Short,
      width: 8,
      height: 7,
    },
    {
      labels: { source: 'Source', version: 'Version' },
      values: [{ name: 'age', title: 'Age', expr: exporter.priceTableAges, unit: units.Seconds }],
      sortBy: 'Age',
    },
  );
}

export function builds() {
  const { running, uptime, configAge } = exporter.builds;
  return table(
    {
      id: 72,
      title: 'Exporters',
      description: 'What runs where, for how long, and how old its configuration is.',
      unit: units.Short,
      width: 16,
      height: 7,
    },
    {
      labels: { instance: 'Instance', version: 'Version', revision: 'Revision', node_version: 'Node' },
      values: [
        { name: 'running', title: 'Running', expr: running, unit: units.Short },
        { name: 'uptime', title: 'Uptime', expr: uptime, unit: units.Seconds },
        { name: 'configAge', title: 'Configuration read', expr: configAge, unit: units.Seconds },
      ],
      sortBy: 'Uptime',
    },
  );
}
