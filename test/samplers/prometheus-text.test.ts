import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fixedBlock } from '../../exporter/domain/samples.ts';
import { CATALOGUE } from '../../exporter/publish/catalogue.ts';
import { parsePrometheusText } from '../../exporter/samplers/prometheus-text.ts';
import { scrape } from '../publish/scrape.ts';
import { exposition } from './fake-target.ts';

const NAMES = new Set(['up', 'vllm:x_total']);

function read(text: string, wanted: ReadonlySet<string> = NAMES, maxSamples = 1000) {
  const { samples, malformed } = parsePrometheusText(text, wanted, maxSamples);
  return malformed ?? samples.map(({ name, labels, value }) => [name, Object.fromEntries(labels), value]);
}

describe('parsePrometheusText', () => {
  it.each<[what: string, text: string, expected: unknown]>([
    ['a plain sample', 'up 1\n', [['up', {}, 1]]],
    ['the last line without a newline', 'up 1', [['up', {}, 1]]],
    [
      'lines that end as on Windows',
      'up 1\r\nvllm:x_total 2\r\n',
      [
        ['up', {}, 1],
        ['vllm:x_total', {}, 2],
      ],
    ],
    ['a timestamp', 'up 1 1395066363000\n', [['up', {}, 1]]],
    ['a timestamp of OpenMetrics', 'up 1 1520879607.789\n', [['up', {}, 1]]],
    [
      'an exemplar',
      'vllm:x_total{a="b"} 17 # {trace_id="K #1"} 9.8 1520879607.789\n',
      [['vllm:x_total', { a: 'b' }, 17]],
    ],
    [
      'blanks wherever they may be',
      '\tup { a = "b" , c="d" , }\t1e3  12 \n',
      [['up', { a: 'b', c: 'd' }, 1000]],
    ],
    ['empty braces', 'up{} 1\n', [['up', {}, 1]]],
    ['a comma at the end', 'up{a="b",} 1\n', [['up', { a: 'b' }, 1]]],
    ['escapes', 'up{a="\\"q\\" \\\\n \\n\\x"} 1\n', [['up', { a: '"q" \\n \n\\x' }, 1]]],
    [
      'a value that looks like the end',
      'up{a="} 2 # {",b="\\\\"} 1\n',
      [['up', { a: '} 2 # {', b: '\\' }, 1]],
    ],
    ['a label called __proto__', 'up{__proto__="x"} 1\n', [['up', JSON.parse('{"__proto__":"x"}'), 1]]],
    [
      'numbers',
      'up +1.5E-3\nvllm:x_total .5\n',
      [
        ['up', {}, 0.0015],
        ['vllm:x_total', {}, 0.5],
      ],
    ],
    [
      'infinities',
      'up +Inf\nvllm:x_total -inf\n',
      [
        ['up', {}, Infinity],
        ['vllm:x_total', {}, -Infinity],
      ],
    ],
    ['no number', 'up NaN\n', [['up', {}, Number.NaN]]],
    ['metadata, blank lines and # EOF', '# TYPE up gauge\n# HELP up {"\n# up 3\n\n# EOF\n', []],
    ['other metrics, however broken', 'down{ 1\nups 2\nup_total{a=b} x\n{"up"} 3\n', []],
    ['nothing', '', []],
    ['no value', 'up\n', 'line 1: up: not a value'],
    ['no value after labels', 'up{a="b"}\n', 'line 1: up: not a value'],
    ['a value without a blank', 'up{a="b"}1\n', 'line 1: up: not a value'],
    ['a word as a value', '\nup one\n', 'line 2: up: not a value'],
    ['a hexadecimal value', 'up 0x10\n', 'line 1: up: not a value'],
    ['a word as a timestamp', 'up 1 now\n', 'line 1: up: not a value'],
    ['more after the timestamp', 'up 1 2 3\n', 'line 1: up: not a value'],
    ['no end of the labels', 'up{a="b" 1\n', 'line 1: up: labels without a comma between them'],
    ['no end of a label value', 'up{a="b\\"} 1\n', 'line 1: up: a label value without an end'],
    ['labels cut off', 'up{a\n', 'line 1: up: labels without an end'],
    ['a label value without quotes', 'up{a=b} 1\n', 'line 1: up: a label value without quotes'],
    ['a label name with a dash', 'up{a-b="c"} 1\n', 'line 1: up: not a label name'],
    ['the same label twice', 'up{a="b",a="c"} 1\n', 'line 1: up: the same label twice'],
    ['the same series twice', 'up{a="b"} 1\nup{a="b"} 1\n', 'line 2: up: the same series twice'],
    [
      '65 labels',
      `up{${Array.from({ length: 65 }, (_, i) => `a${i}="b"`)}} 1\n`,
      'line 1: up: more than 64 labels',
    ],
  ])('%s', (_, text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  it('stops at the most samples that it may read', () => {
    const text = Array.from({ length: 11 }, (_, i) => `up{a="${i}"} 1\n`).join('');
    expect(read(text, NAMES, 11)).toHaveLength(11);
    expect(read(text, NAMES, 10)).toBe('line 11: more than 10 samples');
  });

  it('does not say what is in a line: it may be secret', () => {
    expect(read('up{token="hunter2"} x\n')).not.toContain('hunter2');
  });

  it('reads what our encoder writes', async () => {
    const family = 'llm_engine_requests_total';
    const labelNames = CATALOGUE.get(family)!.labels;
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: fc.constantFrom('"', '\\', '\n', '}', '{', ',', '=', ' ', '#', 'n', '\r') }),
    );
    const labels = fc.tuple(...labelNames.map(() => text));
    const rows = fc.uniqueArray(
      fc.tuple(
        labels,
        fc.double().map((value) => value + 0),
      ),
      { selector: ([row]) => JSON.stringify(row), maxLength: 20 },
    );
    await fc.assert(
      fc.asyncProperty(rows, fc.constantFrom('text', 'openmetrics'), async (written, format) => {
        const page = await scrape([fixedBlock(family, written)], format);
        const found = read(page, new Set([family]));
        expect(found).toEqual(
          written.map(([values, value]) => {
            const kept = values
              .map((one, i) => [labelNames[i], one] as const)
              .filter(([, one]) => one !== '');
            return [family, Object.fromEntries(kept), value];
          }),
        );
      }),
    );
  });

  it('never throws, whatever it reads', () => {
    const pieces = fc.constantFrom(
      'up',
      '{',
      '}',
      '"',
      '\\',
      'a=',
      'a="b"',
      ',',
      ' ',
      '\n',
      '1',
      '# ',
      'NaN',
      '\t',
    );
    const text = fc.oneof(
      fc.array(pieces, { maxLength: 60 }).map((list) => list.join('')),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(text, (anything) => {
        const { samples, malformed } = parsePrometheusText(anything, NAMES, 100);
        for (const { name, value } of samples)
          expect([NAMES.has(name), typeof value]).toEqual([true, 'number']);
        expect(malformed ?? 'line 1: ').toMatch(/^line \d+: /);
      }),
    );
  });

  it('reads long runs of quotes and backslashes', () => {
    const long = `up{a="${'\\"'.repeat(200_000)}`;
    expect(read(long)).toBe('line 1: up: a label value without an end');
    expect(read(`up{a="${'\\\\'.repeat(200_000)}"} 1`)).toHaveLength(1);
  });

  it.each(['vllm', 'sglang', 'tgi', 'dcgm', 'dcgm-mig', 'dcgm-federated'])('reads all of %s', (name) => {
    const text = exposition(name);
    const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    const all = new Set(lines.map((line) => /^[^{ ]+/.exec(line)![0]));
    expect(read(text, all)).toHaveLength(lines.length);
  });
});
