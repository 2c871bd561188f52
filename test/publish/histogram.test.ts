import { describe, expect, test } from 'vitest';
import { boundText, histogramBlock } from '../../exporter/domain/samples.ts';
import { encode } from '../../exporter/publish/encoder.ts';
import { scrape } from './scrape.ts';

const FAMILY = 'llm_request_duration_seconds';
const HEADER = [`# HELP ${FAMILY} Call duration as reported by the sender.`, `# TYPE ${FAMILY} histogram`];

describe('histogramBlock', () => {
  test('cumulative buckets, then sum and count, series by series; later counts and series show up', async () => {
    const series = [{ labels: ['openai', 'gpt-4o'], counts: [1, 2, 3], sum: 40.5 }];
    const block = histogramBlock(FAMILY, [0.5, 10], series);
    const rows = (provider: string, counts: readonly number[], sum: number) => [
      `${FAMILY}_bucket{provider="${provider}",model="gpt-4o",le="0.5"} ${counts[0]}`,
      `${FAMILY}_bucket{provider="${provider}",model="gpt-4o",le="10.0"} ${counts[1]}`,
      `${FAMILY}_bucket{provider="${provider}",model="gpt-4o",le="+Inf"} ${counts[2]}`,
      `${FAMILY}_sum{provider="${provider}",model="gpt-4o"} ${sum}`,
      `${FAMILY}_count{provider="${provider}",model="gpt-4o"} ${counts[2]}`,
    ];
    expect(await scrape([block])).toBe([...HEADER, ...rows('openai', [1, 3, 6], 40.5), ''].join('\n'));

    series[0]!.counts[2]!++;
    series.push({ labels: ['azure', 'gpt-4o'], counts: [0, 0, 0], sum: 0 });
    expect(await scrape([block])).toBe(
      [...HEADER, ...rows('openai', [1, 3, 7], 40.5), ...rows('azure', [0, 0, 0], 0), ''].join('\n'),
    );
  });

  test('no bounds is a histogram of one bucket', async () => {
    const text = await scrape([histogramBlock(FAMILY, [], [{ labels: ['', ''], counts: [3], sum: 1 }])]);
    expect(text.split('\n').slice(2)).toEqual([
      `${FAMILY}_bucket{le="+Inf"} 3`,
      `${FAMILY}_sum 1`,
      `${FAMILY}_count 3`,
      '',
    ]);
  });

  test('one series is never torn between two chunks, so that its numbers agree', async () => {
    const bounds = Array.from({ length: 10 }, (_, i) => i + 1);
    const series = Array.from({ length: 1000 }, (_, i) => ({
      labels: [`p${i}`, 'm'],
      counts: bounds.map(() => 1).concat(1),
      sum: 1,
    }));
    const block = histogramBlock(FAMILY, bounds, series);
    for (const scrapeNumber of [1, 2]) {
      const lastLines: string[] = [];
      for await (const chunk of encode([block], 'text')) {
        lastLines.push(chunk.toString().trimEnd().split('\n').at(-1) ?? '');
      }
      expect(lastLines.length, `chunks of scrape ${scrapeNumber}`).toBeGreaterThan(1);
      expect(lastLines.filter((line) => !line.startsWith(`${FAMILY}_count{`))).toEqual([]);
    }
  });
});

test.each([
  [0.0005, '0.0005'],
  [0.00001, '1e-05'],
  [0.25, '0.25'],
  [0, '0.0'],
  [1, '1.0'],
  [100_000, '100000.0'],
  [1_000_000, '1e+06'],
  [2_500_000, '2.5e+06'],
  [1e100, '1e+100'],
  [-2, '-2.0'],
])('the bound %d is spelled %s', (bound, expected) => {
  expect(boundText(bound)).toBe(expected);
});
