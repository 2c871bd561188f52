import { describe, expect, test } from 'vitest';
import { labelNamesIn, metricNamesIn, readPromql } from '../../alert-rules/lib/promql-names.ts';

describe('names in PromQL', () => {
  test.each([
    ['up', ['up'], []],
    ['sum by (job, le) (rate(x_bucket{a="b",c!~"d{e}"}[5m]))', ['x_bucket'], ['a', 'c', 'job', 'le']],
    ['sum(rate(x[5m])) by (job)', ['x'], ['job']],
    ['sum without (instance) (x) / on (job) group_left (team) y', ['x', 'y'], ['instance', 'job', 'team']],
    ['a / ignoring (quantile) group_left b', ['a', 'b'], ['quantile']],
    ['a and b or c unless on () d', ['a', 'b', 'c', 'd'], []],
    ['avg_over_time(job:x:rate5m[7d:1h] offset 1d) > bool 1e3', ['job:x:rate5m'], []],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a dashboard variable
    ['x{job=~"$job", model=~"${model:regex}"}[$__rate_interval]', ['x'], ['job', 'model']],
    ['topk($limit, x) * 0x1F + Inf - NaN', ['x'], []],
    ['{__name__="x", job="a"} > 1', ['x'], ['job']],
    ['x # y is only mentioned\n + z', ['x', 'z'], []],
    [`x{a='y{b="c"}', d=\`}\`}`, ['x'], ['a', 'd']],
    ['x{by="1", on="2"} @ end()', ['x'], ['by', 'on']],
    ['absent(x{job="a"}) or vector(1) + time()', ['x'], ['job']],
    ['count(count by (feature) (x))', ['x'], ['feature']],
    ['histogram_quantile(0.95, sum by(le)(rate(x_bucket[5m])))', ['x_bucket'], ['le']],
  ])('%s', (expr, metrics, labels) => {
    expect(metricNamesIn(expr)).toEqual(metrics);
    expect(labelNamesIn(expr)).toEqual(labels);
  });

  test('labels are told by selector', () => {
    expect(readPromql('x{a="1"} / on (c) y{b="2"}')).toEqual({
      selectors: [
        { metric: 'x', labels: ['a'] },
        { metric: 'y', labels: ['b'] },
      ],
      groupingLabels: ['c'],
      madeLabels: [],
    });
  });

  test('label_replace makes one label of another', () => {
    const expr = 'label_replace(sum by (a) (x{b="(,"}), "made", "$1", "a", "(.+)") * on (made) y';
    expect(readPromql(expr)).toEqual({
      selectors: [
        { metric: 'x', labels: ['b'] },
        { metric: 'y', labels: [] },
      ],
      groupingLabels: ['a', 'made'],
      madeLabels: [{ label: 'made', from: 'a' }],
    });
  });

  test('other functions that create labels are refused, not half understood', () => {
    expect(() => metricNamesIn('label_join(x, "a", "-", "b", "c")')).toThrow(/label_join\(\) creates labels/);
  });
});
