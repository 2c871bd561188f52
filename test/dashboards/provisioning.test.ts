import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';

const FOLDER = join(import.meta.dirname, '../../grafana-dashboards/provisioning');
const read = (file: string) => parse(readFileSync(join(FOLDER, file), 'utf8'));

test('Grafana is given one default Prometheus, and the Alertmanager that it names', () => {
  const { datasources } = read('datasources/prometheus.yaml');
  expect(datasources.map(({ uid, type, url }: Record<string, string>) => [uid, type, url])).toEqual([
    ['prometheus', 'prometheus', 'http://prometheus:9090'],
    ['alertmanager', 'alertmanager', 'http://alertmanager:9093'],
  ]);
  expect(datasources[0]).toMatchObject({ isDefault: true, jsonData: { alertmanagerUid: 'alertmanager' } });
});

test('Grafana finds the dashboards in the mounted folder and does not let them be edited there', () => {
  expect(read('dashboards/llm-cost.yaml').providers).toMatchObject([
    { type: 'file', allowUiUpdates: false, options: { path: '/var/lib/grafana/dashboards' } },
  ]);
});
