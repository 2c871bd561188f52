import { expect, test } from 'vitest';
import { CATALOGUE } from '../../exporter/publish/catalogue.ts';
import { createSelfMetrics } from '../../exporter/publish/self-metrics.ts';
import { parseExposition } from './parse-exposition.ts';
import { scrape } from './scrape.ts';

function create() {
  const self = createSelfMetrics({
    sources: ['usage', 'openai'],
    uncountedReasons: ['usage_missing'],
    ledgerOperations: ['commit', 'prune'],
    overflowFamilies: ['llm_cost_total'],
  });
  const families = async () => {
    const { blocks, foreign } = await self.collect();
    return parseExposition(await scrape(blocks, 'openmetrics', foreign), { openMetrics: true });
  };
  return { self, families };
}

test('what is known beforehand starts at 0', async () => {
  const families = await create().families();
  expect(families.get('llm_cost_exporter_ingest_events')?.samples).toEqual(
    ['usage', 'openai'].flatMap((source) =>
      ['accepted', 'duplicate', 'rejected', 'failed'].map((result) => ({
        name: 'llm_cost_exporter_ingest_events_total',
        labels: { source, result },
        value: 0,
      })),
    ),
  );
  const counts = (family: string, name = `${family}_total`) =>
    families
      .get(family)
      ?.samples.filter((sample) => sample.name === name)
      .map(({ labels, value }) => [labels, value]);
  expect(counts('llm_cost_exporter_ledger_errors')).toEqual([
    [{ operation: 'commit' }, 0],
    [{ operation: 'prune' }, 0],
  ]);
  expect(counts('llm_cost_exporter_series_overflow')).toEqual([[{ family: 'llm_cost_total' }, 0]]);
  expect(counts('llm_cost_exporter_ingest_uncounted')).toEqual([
    [{ source: 'usage', reason: 'usage_missing' }, 0],
    [{ source: 'openai', reason: 'usage_missing' }, 0],
  ]);
  expect(
    counts(
      'llm_cost_exporter_ledger_commit_duration_seconds',
      'llm_cost_exporter_ledger_commit_duration_seconds_count',
    ),
  ).toEqual([[{}, 0]]);
});

test('what happens is counted', async () => {
  const { self, families } = create();
  self.ingested('usage', 'accepted', 1000);
  self.ingested('usage', 'duplicate', 7);
  self.ingestDuration('usage', 0.02);
  self.ledgerCommitDuration(0.003);
  self.ledgerError('commit');
  self.seriesOverflow('llm_cost_total', 3);
  const samples = [...(await families()).values()]
    .filter(({ name }) => name.startsWith('llm_cost_exporter_'))
    .flatMap((family) => family.samples)
    .filter(({ name, value }) => value !== 0 && !name.endsWith('_bucket'))
    .map(({ name, labels, value }) => [name, labels, value]);
  expect(samples).toEqual([
    ['llm_cost_exporter_ingest_events_total', { source: 'usage', result: 'accepted' }, 1000],
    ['llm_cost_exporter_ingest_events_total', { source: 'usage', result: 'duplicate' }, 7],
    ['llm_cost_exporter_ingest_duration_seconds_sum', { source: 'usage' }, 0.02],
    ['llm_cost_exporter_ingest_duration_seconds_count', { source: 'usage' }, 1],
    ['llm_cost_exporter_ledger_errors_total', { operation: 'commit' }, 1],
    ['llm_cost_exporter_ledger_commit_duration_seconds_sum', {}, 0.003],
    ['llm_cost_exporter_ledger_commit_duration_seconds_count', {}, 1],
    ['llm_cost_exporter_series_overflow_total', { family: 'llm_cost_total' }, 3],
  ]);
  const buckets = (await families())
    .get('llm_cost_exporter_ingest_duration_seconds')
    ?.samples.filter(({ name, labels }) => name.endsWith('_bucket') && labels.source === 'usage')
    .map(({ labels, value }) => [labels.le, value]);
  expect(buckets).toContainEqual(['0.01', 0]);
  expect(buckets).toContainEqual(['0.025', 1]);
  expect(buckets).toContainEqual(['1.0', 1]);
  expect(buckets?.at(-1)).toEqual(['+Inf', 1]);
});

test("the process's and Node's own metrics are described as foreign families", async () => {
  const { self, families } = create();
  const { foreign } = await self.collect();
  expect([...foreign.keys()].filter((name) => CATALOGUE.has(name))).toEqual([]);
  expect([...foreign.keys()].filter((name) => !/^(process|nodejs)_/.test(name))).toEqual([]);
  for (const name of ['process_cpu_seconds_total', 'process_resident_memory_bytes', 'nodejs_version_info']) {
    expect(foreign.has(name), name).toBe(true);
  }
  for (const { name, type } of foreign.values()) {
    expect(name.endsWith('_total'), `${name} is a ${type}`).toBe(type === 'counter');
  }
  expect((await families()).get('process_cpu_seconds')?.type).toBe('counter');
});
