import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { alertGroup } from '../../alert-rules/alerts/index.ts';
import { durationText } from '../../alert-rules/lib/duration.ts';
import { promql } from '../../alert-rules/lib/promql.ts';
import { scaleDurations } from '../../alert-rules/lib/rule.ts';
import { ruleFile } from '../../alert-rules/lib/rule-file.ts';
import { DEFAULT_THRESHOLDS } from './default-thresholds.ts';

describe('durations', () => {
  test.each([
    [0, '0s'],
    [45, '45s'],
    [300, '5m'],
    [5400, '1h30m'],
    [86_400, '1d'],
    [90_061, '1d1h1m1s'],
  ])('%i s is %s', (seconds, text) => {
    expect(durationText(seconds)).toBe(text);
  });

  test('no second is lost', () => {
    const units: Record<string, number> = { d: 86_400, h: 3600, m: 60, s: 1 };
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e7 }), (seconds) => {
        const parts = [...durationText(seconds).matchAll(/(\d+)([dhms])/g)];
        expect(parts.reduce((sum, [, count, unit]) => sum + Number(count) * units[unit!]!, 0)).toBe(seconds);
      }),
    );
  });
});

describe('scaleDurations', () => {
  const group = alertGroup(DEFAULT_THRESHOLDS);

  test('changes how long things take and nothing else', () => {
    const scaled = scaleDurations(group, 1 / 60);
    expect(scaled.intervalSeconds).toBe(1);
    const byName = new Map(scaled.rules.map((rule) => [rule.alert, rule]));
    expect(byName.get('BudgetExceeded')?.forSeconds).toBe(5);
    expect(byName.get('CostSpike')).toMatchObject({ forSeconds: 30, keepFiringForSeconds: 10 });
    expect(byName.get('Watchdog')?.forSeconds).toBe(0);
    const timeless = (rules: typeof group.rules) =>
      rules.map(({ forSeconds: _, keepFiringForSeconds: __, ...rest }) => rest);
    expect(timeless(scaled.rules)).toEqual(timeless(group.rules));
  });

  test('by 1 changes nothing, and what was positive stays at least a second', () => {
    expect(scaleDurations(group, 1)).toEqual(group);
    expect(
      scaleDurations(group, 1e-6)
        .rules.filter((rule) => rule.forSeconds === 0)
        .map((rule) => rule.alert),
    ).toEqual(['Watchdog']);
  });

  test.each([0, -1, Number.NaN])('refuses a factor of %d', (factor) => {
    expect(() => scaleDurations(group, factor)).toThrow(/expected a positive number/);
  });
});

describe('rule files', () => {
  test('survive YAML with whatever a template or an expression holds', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1 });
    const template = fc.constantFrom(
      '{{ $labels.job }}: 5',
      '# no comment',
      '- x',
      'it\'s "so"',
      'a\n  b\nc',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a Prometheus template
      '${{ $value }} %',
    );
    fc.assert(
      fc.property(fc.oneof(text, template), fc.oneof(text, template), (expr, summary) => {
        const [rule] = alertGroup(DEFAULT_THRESHOLDS).rules;
        const file = ruleFile(
          { name: 'g', intervalSeconds: 60, rules: [{ ...rule!, expr, summary }] },
          DEFAULT_THRESHOLDS,
          'notice',
        );
        expect(parse(file).groups[0].rules[0]).toMatchObject({ expr, annotations: { summary } });
      }),
    );
  });
});

test('promql takes off common indentation only', () => {
  expect(promql`
    a{x="${'y'}"} > ${0.5}
      and
    b`).toBe('a{x="y"} > 0.5\n  and\nb');
  expect(promql`up == 0`).toBe('up == 0');
});
