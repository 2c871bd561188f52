import type { MetricObjectWithValues, MetricValue } from 'prom-client';
import { boundText, type SampleBlock, type SampleSuffix } from '../domain/samples.ts';
import { CATALOGUE, type Family } from './catalogue.ts';

type PromMetric = MetricObjectWithValues<MetricValue<string>>;

/** Turns a prom-client snapshot into blocks, and describes the families that are not in the catalogue. */
export function promClientBlocks(metrics: readonly PromMetric[]): {
  blocks: SampleBlock[];
  foreign: ReadonlyMap<string, Family>;
} {
  const foreign = new Map<string, Family>();
  const blocks = metrics.map((metric) => {
    let family = CATALOGUE.get(metric.name);
    if (!family) {
      family = foreignFamily(metric);
      foreign.set(family.name, family);
    }
    return blockOf(metric, family);
  });
  return { blocks, foreign };
}

function foreignFamily({ name, help, type, values }: PromMetric): Family {
  // prom-client's types say enum, its values are the words.
  const word = String(type);
  if (word !== 'counter' && word !== 'gauge' && word !== 'histogram') {
    throw new Error(`prom-client metric ${name}: got type ${word}, expected counter, gauge or histogram`);
  }
  const labels = new Set(values.flatMap((value) => Object.keys(value.labels)));
  labels.delete('le');
  return { name, type: word, help, labels: [...labels] };
}

function blockOf(metric: PromMetric, family: Family): SampleBlock {
  const rows = metric.values.map((value) => {
    const { labels } = value;
    const suffix = suffixOf(value, family);
    const texts = family.labels.map((label) => String(labels[label] ?? ''));
    if (suffix === '_bucket') texts.push(labels.le === '+Inf' ? '+Inf' : boundText(Number(labels.le)));
    return { labels: texts, value: value.value, suffix };
  });
  return {
    family: family.name,
    unit: 'plain',
    length: rows.length,
    labelsAt: (row) => rows[row]?.labels,
    valueAt: (row) => rows[row]?.value ?? Number.NaN,
    ...(family.type === 'histogram' && { suffixAt: (row) => rows[row]?.suffix ?? '' }),
  };
}

/** A histogram's values carry the sample's name, which the types do not know. */
function suffixOf(value: MetricValue<string> & { metricName?: string }, family: Family): SampleSuffix {
  if (family.type !== 'histogram') return '';
  return (value.metricName ?? '').slice(family.name.length) as SampleSuffix;
}
