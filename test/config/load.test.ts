import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type CommandLine, readCommandLine } from '../../exporter/config/command-line.ts';
import { loadConfig, type Override } from '../../exporter/config/load.ts';
import { configSchema, listenAddress } from '../../exporter/config/schema.ts';
import { ConfigError } from '../../exporter/domain/errors.ts';
import { tempDir } from '../support/temp-dir.ts';

function problemsOf(run: () => unknown): readonly string[] {
  try {
    run();
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  throw new Error('nothing was wrong');
}

function file(text: string): string {
  const path = join(tempDir(), 'exporter.yaml');
  writeFileSync(path, text);
  return path;
}

test('every mistake of a file is reported at once: file and line, field, expectation, what is there', () => {
  const path = file(`
listen: 10464
limitz: {}
time_zone: Mars/Base
limits:
  body_bytes: -4
  conections: 3
pricing:
  models:
    - provider: own
      usd_per_million: { input: cheap, inptu: 1 }
      effective_from: tomorrow
budgets:
  tenants:
    acme: {}
    7: { monthly_usd: 0 }
samplers: []
alerts: { dashboard_base_url: here }
`);
  const meters = Object.keys(
    configSchema.shape.pricing.unwrap().shape.models.unwrap().element.shape.usd_per_million.shape,
  );
  expect(
    problemsOf(() => loadConfig(path, []))
      .map((line) => line.replace(path, 'FILE'))
      .sort(),
  ).toEqual(
    [
      'FILE:10: pricing.models.0.model: expected string, got nothing',
      'FILE:11: pricing.models.0.usd_per_million.input: expected number, got "cheap"',
      `FILE:11: pricing.models.0.usd_per_million.inptu: unknown key, expected ${meters.join(', ')}`,
      'FILE:12: pricing.models.0.effective_from: expected a day (2026-11-01) or a time with its offset (2026-11-01T00:00:00+01:00), got "tomorrow"',
      'FILE:15: budgets.tenants.acme.monthly_usd: expected number, got nothing',
      'FILE:16: budgets.tenants.7.monthly_usd: expected number to be >0, got 0',
      'FILE:17: samplers: expected object, got a list',
      'FILE:18: alerts.dashboard_base_url: expected a URL, got "here"',
      'FILE:2: listen: expected string, got 10464',
      `FILE:3: limitz: unknown key, expected ${Object.keys(configSchema.shape).join(', ')}`,
      'FILE:4: time_zone: expected an IANA time zone such as Europe/Berlin, got "Mars/Base"',
      'FILE:6: limits.body_bytes: expected number to be >0, got -4',
      'FILE:7: limits.conections: unknown key, expected body_bytes, events_per_request, pending_events, connections, request_seconds, future_seconds',
    ].sort(),
  );
});

describe('a file that is no mapping in YAML', () => {
  test.each<[what: string, text: string, problem: RegExp]>([
    ['a list', '- a', /^FILE:1: the whole file: expected object, got a list$/],
    ['a text', 'listen', /^FILE:1: the whole file: expected object, got "listen"$/],
    ['broken', 'listen: "a\nb: [', /^FILE:\d: not YAML: /],
    ['a key twice', 'listen: a:1\nlisten: b:2', /^FILE:2: not YAML: Map keys must be unique/],
    ['two documents', 'listen: a:1\n---\nlisten: b:2', /^FILE:\d: not YAML: /],
    ['an unknown tag', 'listen: !secret a:1', /^FILE:1: not YAML: Unresolved tag/],
    ['an alias without anchor', 'listen: *a', /^FILE(:1)?: not YAML: Unresolved alias/],
    [
      'aliases of aliases',
      `a: &a [x]\n${[...'bcdefgh'].map((name, i) => `${name}: &${name} [${`*${'abcdefgh'[i]},`.repeat(9)}]`).join('\n')}`,
      /^FILE: not YAML: Excessive alias count/,
    ],
  ])('%s', (_what, text, problem) => {
    const path = file(text);
    const [first] = problemsOf(() => loadConfig(path, []));
    expect(first?.replace(path, 'FILE')).toMatch(problem);
  });
});

test('a file that cannot be read', () => {
  const directory = tempDir();
  mkdirSync(join(directory, 'd'));
  expect(problemsOf(() => loadConfig(join(directory, 'none.yaml'), []))).toEqual([
    expect.stringMatching(/none\.yaml: cannot be read: ENOENT/),
  ]);
  expect(problemsOf(() => loadConfig(join(directory, 'd'), []))).toEqual([
    expect.stringMatching(/d: cannot be read: EISDIR/),
  ]);
});

test.each([undefined, '', '# nothing\n', '{}'])(
  'without settings (%j) everything has its default',
  (text) => {
    const config = loadConfig(text === undefined ? undefined : file(text), []);
    expect(config).toEqual(configSchema.parse({}));
    expect(config).toMatchObject({ listen: '127.0.0.1:10464', data_dir: './data', time_zone: 'UTC' });
  },
);

describe('what wins', () => {
  const LISTEN = 'LLM_COST_EXPORTER_LISTEN';
  const read = (text: string, args: readonly string[], environment: Record<string, string>) =>
    loadConfig(file(text), readCommandLine(args, environment).overrides).listen;

  test.each<[what: string, args: string[], environment: Record<string, string>, listen: string]>([
    ['the file, where nothing else is said', [], {}, 'file:1'],
    ['the environment over the file', [], { [LISTEN]: 'env:2' }, 'env:2'],
    ['the flag over both', ['--listen', 'flag:3'], { [LISTEN]: 'env:2' }, 'flag:3'],
    ['the flag with an equals sign', ['--listen=flag:3'], {}, 'flag:3'],
    ['the file over a variable that is empty', [], { [LISTEN]: '' }, 'file:1'],
  ])('%s', (_what, args, environment, listen) => {
    expect(read('listen: file:1', args, environment)).toBe(listen);
  });

  test.each<[args: string[], environment: Record<string, string>, problem: string]>([
    [
      ['--listen', 'here'],
      {},
      '--listen: listen: expected host:port, such as 127.0.0.1:10464 or [::1]:10464, got "here"',
    ],
    [
      ['--listen='],
      {},
      '--listen: listen: expected host:port, such as 127.0.0.1:10464 or [::1]:10464, got ""',
    ],
    [
      [],
      { [LISTEN]: 'h:99999' },
      `${LISTEN}: listen: expected host:port, such as 127.0.0.1:10464 or [::1]:10464, got "h:99999"`,
    ],
  ])('a mistake in %j %j is not blamed on the file', (args, environment, problem) => {
    expect(problemsOf(() => read('listen: file:1', args, environment))).toEqual([problem]);
  });
});

describe('the command line', () => {
  const override = (field: Override['field'], value: string, from: string): Override => ({
    field,
    value,
    from,
  });
  test.each<[args: string[], environment: Record<string, string>, expected: Partial<CommandLine>]>([
    [[], {}, { help: false, version: false, configFile: undefined, overrides: [] }],
    [
      ['--config', 'a.yaml', '--data-dir', 'd'],
      {},
      { configFile: 'a.yaml', overrides: [override('data_dir', 'd', '--data-dir')] },
    ],
    [
      [],
      { LLM_COST_EXPORTER_CONFIG: 'b.yaml', LLM_COST_EXPORTER_DATA_DIR: 'e' },
      { configFile: 'b.yaml', overrides: [override('data_dir', 'e', 'LLM_COST_EXPORTER_DATA_DIR')] },
    ],
    [['--config', 'a.yaml'], { LLM_COST_EXPORTER_CONFIG: 'b.yaml' }, { configFile: 'a.yaml' }],
    [[], { LLM_COST_EXPORTER_CONFIG: '' }, { configFile: undefined }],
    [['--help'], {}, { help: true }],
    [['--version'], {}, { version: true }],
  ])('%j %j', (args, environment, expected) => {
    expect(readCommandLine(args, environment)).toMatchObject(expected);
  });

  test.each([
    [['--port', '1'], "Unknown option '--port'; try --help"],
    [['serve'], "Unexpected argument 'serve'; try --help"],
    [['--config'], "Option '--config <value>' argument missing; try --help"],
    [['--help=yes'], "Option '--help' does not take an argument; try --help"],
  ])('%j is refused', (args, problem) => {
    expect(problemsOf(() => readCommandLine(args, {}))).toEqual([problem]);
  });
});

test.each([
  ['127.0.0.1:10464', { host: '127.0.0.1', port: 10464 }],
  ['localhost:0', { host: 'localhost', port: 0 }],
  ['[::1]:65535', { host: '::1', port: 65535 }],
  ['[::ffff:127.0.0.1]:80', { host: '::ffff:127.0.0.1', port: 80 }],
  ['127.0.0.1:65536', undefined],
  ['127.0.0.1', undefined],
  [':80', undefined],
  ['::1:80', undefined],
  ['a b:80', undefined],
  ['http://a:80', undefined],
])('listen %s', (text, address) => {
  expect(listenAddress(text)).toEqual(address);
});
