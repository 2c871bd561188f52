import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fixedBlock, type SampleBlock } from '../../exporter/domain/samples.ts';
import type { Family } from '../../exporter/publish/catalogue.ts';
import { encode } from '../../exporter/publish/encoder.ts';
import { nanoUsdBlock } from './every-family.ts';
import { parseExposition } from './parse-exposition.ts';
import { scrape } from './scrape.ts';

describe('text 0.0.4', () => {
  test('families in catalogue order under one header each, empty labels and empty families left out', async () => {
    const text = await scrape([
      fixedBlock('llm_cost_exporter_ledger_up', [[[], 1]]),
      fixedBlock('llm_unpriced_requests_total', [[['acme', 'x-1', 'unknown_model'], 2]]),
      fixedBlock('llm_cost_rate_usd_per_hour', []),
      nanoUsdBlock(
        'llm_cost_total',
        ['openai', 'gpt-4o', '', '', '', '', 'api_external', 'input'],
        1_500_000_000,
      ),
      nanoUsdBlock('llm_cost_total', ['', '', '', '', '', '', '', ''], 0),
    ]);
    expect(text).toBe(
      [
        '# HELP llm_cost_total Cost in USD, fed once per event. Unpriced usage is not in it.',
        '# TYPE llm_cost_total counter',
        'llm_cost_total{provider="openai",model="gpt-4o",category="api_external",token_type="input"} 1.5',
        'llm_cost_total 0',
        '# HELP llm_unpriced_requests_total Calls without a price.',
        '# TYPE llm_unpriced_requests_total counter',
        'llm_unpriced_requests_total{provider="acme",model="x-1",reason="unknown_model"} 2',
        '# HELP llm_cost_exporter_ledger_up 1 while events can be stored, else 0 and they are refused with 503.',
        '# TYPE llm_cost_exporter_ledger_up gauge',
        'llm_cost_exporter_ledger_up 1',
        '',
      ].join('\n'),
    );
  });

  test('nothing to say is an empty scrape', async () => {
    expect(await scrape([])).toBe('');
  });

  test('a family that nobody described is a bug, told by name', async () => {
    await expect(scrape([fixedBlock('llm_surprise', [[[], 1]])])).rejects.toThrow('llm_surprise');
  });

  test('foreign families come last, help escaped', async () => {
    const foreign: Family = { name: 'x_y', type: 'gauge', help: 'a\\b\n"c"', labels: ['l'] };
    const blocks = [fixedBlock('x_y', [[['v'], 1]]), fixedBlock('llm_cost_exporter_ledger_rows', [[[], 3]])];
    const text = await scrape(blocks, 'text', new Map([['x_y', foreign]]));
    expect(text.endsWith('# HELP x_y a\\\\b\\n"c"\n# TYPE x_y gauge\nx_y{l="v"} 1\n')).toBe(true);
  });
});

describe('OpenMetrics 1.0.0', () => {
  test('counter families lose _total, units are told, the end is marked', async () => {
    const blocks = [
      fixedBlock('llm_unpriced_requests_total', [[['acme', 'x', 'unknown_model'], 2]]),
      fixedBlock('llm_cost_rate_usd_per_hour', [[['acme', 'api_external'], 0.25]]),
      fixedBlock('odd_counter', [[[], 1]]),
    ];
    const odd: Family = { name: 'odd_counter', type: 'counter', help: 'say "hi"\\\n', labels: [] };
    expect(await scrape(blocks, 'openmetrics', new Map([['odd_counter', odd]]))).toBe(
      [
        '# HELP llm_unpriced_requests Calls without a price.',
        '# TYPE llm_unpriced_requests counter',
        'llm_unpriced_requests_total{provider="acme",model="x",reason="unknown_model"} 2',
        '# HELP llm_cost_rate_usd_per_hour Cost in USD of the last 60 minutes.',
        '# TYPE llm_cost_rate_usd_per_hour gauge',
        '# UNIT llm_cost_rate_usd_per_hour usd_per_hour',
        'llm_cost_rate_usd_per_hour{tenant_id="acme",category="api_external"} 0.25',
        '# HELP odd_counter say \\"hi\\"\\\\\\n',
        '# TYPE odd_counter unknown',
        'odd_counter 1',
        '# EOF',
        '',
      ].join('\n'),
    );
  });

  test('nothing to say still has an end', async () => {
    expect(await scrape([], 'openmetrics')).toBe('# EOF\n');
  });
});

describe('values', () => {
  const written = async (value: number, unit: SampleBlock['unit']) => {
    const block = { ...fixedBlock('llm_cost_exporter_ledger_rows', [[[], value]]), unit };
    return (await scrape([block])).trim().split(' ').at(-1);
  };

  test.each([
    [0, '0'],
    [-0, '0'],
    [1, '0.000000001'],
    [-1, '-0.000000001'],
    [1_000_000_000, '1'],
    [1_230_000_000, '1.23'],
    [-12_345_678_901, '-12.345678901'],
    [999_999_999, '0.999999999'],
    [Number.MAX_SAFE_INTEGER, '9007199.254740991'],
    // One nano-USD below a dollar, where doubles are sparse.
    [8_388_608_999_999_999, '8388608.999999999'],
    [8_999_999_999_999_999, '8999999.999999999'],
    [2 ** 60, '1152921504.606846976'],
    [-(2 ** 60), '-1152921504.606846976'],
    [1e20, '100000000000'],
    [1e40, '1.0000000000000001e+31'],
    [0.5, '5e-10'],
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, '+Inf'],
    [Number.NEGATIVE_INFINITY, '-Inf'],
  ])('%d nano-USD is %s', async (value, expected) => {
    expect(await written(value, 'nanoUsd')).toBe(expected);
  });

  test.each([
    [0, '0'],
    [7, '7'],
    [-42, '-42'],
    [1_000_000_000, '1000000000'],
    [9_999_999_999, '9999999999'],
    [Number.MAX_SAFE_INTEGER, '9007199254740991'],
    [Number.MIN_SAFE_INTEGER, '-9007199254740991'],
    [0.1, '0.1'],
    [-2.5e-7, '-2.5e-7'],
    [1e21, '1e+21'],
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, '+Inf'],
    [Number.NEGATIVE_INFINITY, '-Inf'],
  ])('plain %d is %s', async (value, expected) => {
    expect(await written(value, 'plain')).toBe(expected);
  });

  test('any safe integer of nano-USD keeps every digit', async () => {
    await fc.assert(
      fc.asyncProperty(fc.maxSafeInteger(), async (nano) => {
        const [whole = '', fraction = ''] = ((await written(nano, 'nanoUsd')) ?? '')
          .replace('-', '')
          .split('.');
        expect(BigInt(whole + fraction.padEnd(9, '0'))).toBe(BigInt(Math.abs(nano)));
        expect(fraction.endsWith('0')).toBe(false);
      }),
    );
  });

  test('any float reads back the same', async () => {
    await fc.assert(
      fc.asyncProperty(fc.double({ noNaN: true, noDefaultInfinity: true }), async (value) => {
        expect(Number(await written(value, 'plain'))).toBe(value === 0 ? 0 : value);
      }),
    );
  });
});

describe('a block that is handed in again', () => {
  function growingBlock() {
    const rows: { model: string; value: number; retired: boolean }[] = [];
    let rendered = 0;
    const block: SampleBlock = {
      family: 'llm_unpriced_requests_total',
      unit: 'plain',
      get length() {
        return rows.length;
      },
      labelsAt(row) {
        const one = rows[row];
        if (!one || one.retired) return undefined;
        const labels = ['p', one.model, 'r'];
        Object.defineProperty(labels, 0, {
          get() {
            rendered++;
            return 'p';
          },
        });
        return labels;
      },
      valueAt: (row) => rows[row]?.value ?? Number.NaN,
    };
    return { rows, block, timesRendered: () => rendered };
  }

  const models = async (block: SampleBlock) =>
    [...parseExposition(await scrape([block])).values()].flatMap(({ samples }) =>
      samples.map(({ labels, value }) => [labels.model, value]),
    );

  test('shows new rows and new values, drops retired rows, renders each row once', async () => {
    const { rows, block, timesRendered } = growingBlock();
    rows.push({ model: 'a', value: 1, retired: false }, { model: 'b', value: 2, retired: false });
    expect(await models(block)).toEqual([
      ['a', 1],
      ['b', 2],
    ]);
    const afterFirst = timesRendered();
    rows[0]!.value = 10;
    expect(await models(block)).toEqual([
      ['a', 10],
      ['b', 2],
    ]);
    expect(timesRendered()).toBe(afterFirst);

    rows[0]!.retired = true;
    rows.push({ model: 'born retired', value: 3, retired: true }, { model: 'd', value: 4, retired: false });
    expect(await models(block)).toEqual([
      ['b', 2],
      ['d', 4],
    ]);
    rows[1]!.retired = true;
    rows[3]!.retired = true;
    expect(await scrape([block])).toBe('');
  });

  test('grows past any page size, whatever the steps', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(300), { minLength: 1, maxLength: 5 }), async (steps) => {
        const { rows, block } = growingBlock();
        for (const step of steps) {
          for (let i = 0; i < step; i++) {
            rows.push({ model: `m${rows.length}`, value: rows.length, retired: rows.length % 7 === 3 });
          }
          expect(await models(block)).toEqual(
            rows.filter(({ retired }) => !retired).map(({ model, value }) => [model, value]),
          );
        }
      }),
      { numRuns: 20 },
    );
  });
});

test('a large scrape comes in bounded chunks, with a turn of the event loop between them', async () => {
  const length = 20_000;
  const block: SampleBlock = {
    family: 'llm_cost_rate_usd_per_hour',
    length,
    unit: 'plain',
    labelsAt: (row) => [`tenant-${row}`, 'api_external'],
    valueAt: (row) => row,
  };
  const drain = async () => {
    let turns = 0;
    let done = false;
    const count = () => {
      turns++;
      if (!done) setImmediate(count);
    };
    setImmediate(count);
    const lines: number[] = [];
    for await (const chunk of encode([block], 'text')) lines.push(chunk.toString().split('\n').length - 1);
    done = true;
    return { turns, lines };
  };
  const first = await drain();
  const second = await drain();
  for (const { turns, lines } of [first, second]) {
    expect(Math.max(...lines)).toBeLessThanOrEqual(1024 + 2);
    expect(lines.reduce((sum, count) => sum + count)).toBe(length + 2);
    expect(turns).toBeGreaterThanOrEqual(lines.length - 1);
  }
  // Rendering labels is spread further.
  expect(first.lines.length).toBeGreaterThan(second.lines.length);
});

test('rows that are all retired do not hold the event loop either', async () => {
  const block: SampleBlock = {
    family: 'llm_cost_rate_usd_per_hour',
    length: 20_000,
    unit: 'plain',
    labelsAt: () => undefined,
    valueAt: () => 1,
  };
  let turns = 0;
  let done = false;
  const count = () => {
    turns++;
    if (!done) setImmediate(count);
  };
  setImmediate(count);
  expect(await scrape([block])).toBe('');
  done = true;
  expect(turns).toBeGreaterThan(8);
});
