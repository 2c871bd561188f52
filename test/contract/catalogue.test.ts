import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { CATALOGUE } from '../../exporter/publish/catalogue.ts';
import type { Format } from '../../exporter/publish/negotiate.ts';
import { toolPath } from '../../scripts/tools.ts';
import { type ParsedFamily, parseExposition } from '../publish/parse-exposition.ts';
import { PROMTOOL_EXCEPTIONS } from '../publish/promtool-exceptions.ts';
import { fullScrapes } from './full-scrape.ts';

const GOLDEN = join(import.meta.dirname, '../golden/scrape.txt');
/** Node's and the process's own, by prom-client. */
const FOREIGN = /^(process|nodejs)_/;

const published = [...CATALOGUE.values()];

let scrapes: Readonly<Record<Format, string>>;
const families: Partial<Record<Format, ReadonlyMap<string, ParsedFamily>>> = {};

beforeAll(async () => {
  scrapes = await fullScrapes();
  families.text = parseExposition(scrapes.text);
  families.openmetrics = parseExposition(scrapes.openmetrics, { openMetrics: true });
});

/** OpenMetrics names a counter's family without the ending of its samples. */
const familyName = (name: string, format: Format) => {
  const { type } = CATALOGUE.get(name)!;
  return format === 'openmetrics' && type === 'counter' ? name.replace(/_total$/, '') : name;
};

describe.each<Format>(['text', 'openmetrics'])('a live scrape as %s', (format) => {
  const own = () => [...families[format]!.values()].filter(({ name }) => !FOREIGN.test(name));

  test('publishes every family of the catalogue, in its order, and nothing else', () => {
    expect(own().map(({ name }) => name)).toEqual(published.map(({ name }) => familyName(name, format)));
  });

  test.each(published)('$name has the type, the help and the labels of the catalogue', (family) => {
    const found = families[format]!.get(familyName(family.name, format));
    expect(found).toMatchObject({ type: family.type, help: family.help });
    const labels = new Set(found!.samples.flatMap((sample) => Object.keys(sample.labels)));
    if (family.type === 'histogram') labels.delete('le');
    expect([...labels].sort()).toEqual([...family.labels].sort());
  });
});

test('both formats say the same', () => {
  const valuesOf = (format: Format) =>
    [...families[format]!.values()]
      .filter(({ name }) => !FOREIGN.test(name) && !VOLATILE.has(name))
      .flatMap(({ samples }) => samples.map(({ name, labels, value }) => [name, labels, value]));
  expect(valuesOf('openmetrics')).toEqual(valuesOf('text'));
});

/** Families whose values differ from run to run: the golden file has their series without them. */
const VOLATILE: ReadonlyMap<string, string> = new Map([
  ['cpu_utilization_percent', 'of the machine that runs the test'],
  ['memory_utilization_percent', 'of the machine that runs the test'],
  ['llm_cost_exporter_ingest_duration_seconds', 'takes its time'],
  ['llm_cost_exporter_ledger_commit_duration_seconds', 'takes its time'],
  ['llm_cost_exporter_sampler_duration_seconds', 'the clock may be moved while a sample is taken'],
  [
    'llm_cost_exporter_sampler_last_success_timestamp_seconds',
    'the clock may be moved while a sample is taken',
  ],
  ['llm_cost_exporter_exposition_bytes', 'other values have other lengths'],
  ['llm_cost_exporter_exposition_duration_seconds', 'takes its time'],
  ['llm_cost_exporter_ledger_bytes', 'depends on when SQLite writes back its log'],
  ...[
    'llm_budget_forecast_usd',
    'llm_budget_forecast_ratio',
    'llm_budget_exhaustion_timestamp_seconds',
    'llm_budget_exhaustion_bound_timestamp_seconds',
    'llm_cost_forecast_usd',
    'llm_cost_window_usd',
    'llm_cost_expected_usd',
    'llm_cost_anomaly_score',
  ].map((name) => [name, 'the look may come between two of the requests that feed it'] as const),
]);

/** The scrape without what differs from run to run. */
function lasting(text: string): string {
  return text
    .split('\n')
    .filter((line) => !FOREIGN.test(line.replace(/^# (HELP|TYPE) /, '')))
    .map((line) => {
      const name = /^\w+/.exec(line)?.[0].replace(/_(bucket|sum|count)$/, '') ?? '';
      return VOLATILE.has(name) || VOLATILE.has(/^\w+/.exec(line)?.[0] ?? '')
        ? line.replace(/ \S+$/, ' …')
        : line;
    })
    .join('\n');
}

test('is what the golden file says: names, labels and values are a promise (UPDATE_GOLDEN=1 rewrites it)', () => {
  const actual = lasting(scrapes.text);
  if (process.env.UPDATE_GOLDEN) writeFileSync(GOLDEN, actual);
  expect(actual).toBe(readFileSync(GOLDEN, 'utf8'));
});

test('nothing is called volatile that is not published', () => {
  for (const name of VOLATILE.keys()) expect(families.text!.has(name), name).toBe(true);
});

test('promtool has nothing to say about it but the exceptions', () => {
  const { stdout, stderr, error } = spawnSync(toolPath('promtool'), ['check', 'metrics'], {
    input: scrapes.text,
    encoding: 'utf8',
  });
  expect(error).toBeUndefined();
  const complaints = new Set(`${stdout}${stderr}`.split('\n').filter((line) => line !== ''));
  expect(complaints).toEqual(new Set(PROMTOOL_EXCEPTIONS.keys()));
});
