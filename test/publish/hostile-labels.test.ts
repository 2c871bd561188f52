import { describe, expect, test } from 'vitest';
import { fixedBlock } from '../../exporter/domain/samples.ts';
import { parseExposition } from './parse-exposition.ts';
import { scrape } from './scrape.ts';

const LABELS: readonly (readonly [string, string, string])[] = [
  ['a newline', 'a\nb', 'a\nb'],
  ['quotes', '"quoted" \'single\'', '"quoted" \'single\''],
  ['backslashes', '\\n is not a newline \\', '\\n is not a newline \\'],
  ['something like the end of the sample', '"} 1\nllm_cost_total{model="x', '"} 1\nllm_cost_total{model="x'],
  ['a carriage return and a tab', '\r\n\t', '\r\n\t'],
  ['letters of all lands', 'Zürich 東京 🏦', 'Zürich 東京 🏦'],
  ['a lone high surrogate', 'a\ud83d', 'a\ufffd'],
  ['a lone low surrogate', '\udc00b', '\ufffdb'],
  ['NUL, which ends the input for Prometheus', 'a\0b', 'a\ufffdb'],
  ['100 kB', 'x'.repeat(100_000), 'x'.repeat(100_000)],
  ['100 kB of what must be escaped', '"\\\n'.repeat(33_333), '"\\\n'.repeat(33_333)],
  ['100 kB outside ASCII', '東'.repeat(33_333), '東'.repeat(33_333)],
];

describe.each(['text', 'openmetrics'] as const)('%s', (format) => {
  test.each(LABELS)('%s', async (_, value, expected) => {
    const text = await scrape([fixedBlock('llm_budget_monthly', [[[value], 1]])], format);
    const families = parseExposition(text, { openMetrics: format === 'openmetrics' });
    expect(families.get('llm_budget_monthly')?.samples).toEqual([
      { name: 'llm_budget_monthly', labels: { tenant_id: expected }, value: 1 },
    ]);
  });
});

test('many of them, more than any buffer holds, beside ordinary ones', async () => {
  const values = Array.from({ length: 120 }, (_, i) => (i % 2 ? `tenant-${i}` : `${i}${LABELS[i % 12]![1]}`));
  const text = await scrape([
    fixedBlock(
      'llm_budget_monthly',
      values.map((value, i) => [[value], i]),
    ),
  ]);
  const samples = parseExposition(text).get('llm_budget_monthly')?.samples ?? [];
  expect(samples.map(({ labels, value }) => [labels.tenant_id, value])).toEqual(
    values.map((value, i) => [value.toWellFormed().replace('\0', '\ufffd'), i]),
  );
});
