import { describe, expect, test } from 'vitest';
import { HABITS, offences } from './house-style.ts';
import { repositoryFiles } from './source-files.ts';

test('the repository keeps the habits of the house', () => {
  expect(offences(repositoryFiles())).toEqual([]);
});

describe('the checker', () => {
  /** Written in pieces, as this file is looked at too. */
  const path = (...parts: readonly string[]) => parts.join('');
  const broken: readonly (readonly [habit: string, path: string, text: string])[] = [
    ['kebab-case names', 'exporter/ledger/sqliteLedger.ts', ''],
    ['kebab-case names', 'exporter/ledger/sqlite_ledger.ts', ''],
    ['names that say something', 'exporter/ledger/utils.ts', ''],
    ['names that say something', 'exporter/ledger/row-mapper.ts', ''],
    ['names that say something', 'test/helpers/x.ts', ''],
    [
      'the clock, the environment and chance are arguments',
      'exporter/app/index.ts',
      'const now = Date.now();',
    ],
    [
      'the clock, the environment and chance are arguments',
      'exporter/app/index.ts',
      'const now = new Date();',
    ],
    [
      'the clock, the environment and chance are arguments',
      'exporter/app/index.ts',
      'if (process.env.DEBUG) x();',
    ],
    ['the clock, the environment and chance are arguments', 'alert-rules/index.ts', 'Math.random()'],
    ['functions over frozen data in the domain', 'exporter/domain/money.ts', 'export class Money {}'],
    ['at most 400 lines', 'exporter/app/index.ts', 'x;\n'.repeat(401)],
    ['no paths of one machine', 'README.md', path('see /wo', 'rk/main')],
    ['no paths of one machine', 'docker-compose.yml', path('- "/ro', 'ot/data"')],
    ['no paths of one machine', 'test/a.test.ts', path("join('/tm", "p/x')")],
    ['no package registry by name', '.npmrc', path('registry=https://registry.', 'npmjs.org/')],
    ['every test runs', 'test/a.test.ts', path('describe.on', "ly('x')")],
    ['every test runs', 'test/a.test.ts', path('test.concurrent.sk', "ip('x')")],
    ['every test runs', 'test/a.test.ts', path('it.to', "do('x')")],
    ['every test runs', 'test/a.test.ts', path('context.sk', 'ip()')],
  ];
  test.each(broken)('%s: sees %s with %j', (habit, file, text) => {
    expect(offences(new Map([[file, text]]))).toEqual([expect.stringContaining(` — ${habit}: `)]);
  });

  test.each<[path: string, text: string]>([
    ['exporter/main.ts', 'createApp({ now: Date.now, env: process.env });'],
    ['scripts/demo.ts', 'const now = Date.now();'],
    ['exporter/domain/period.ts', 'const wall = new Date(atMs); // never Date.now()'],
    ['exporter/domain/errors.ts', 'export class CodedError extends Error {}'],
    ['exporter/app/index.ts', 'x;\n'.repeat(400)],
    ['docs/a.md', path('https://example.com/tmp/plan and ./tmp/x and src/ro', 'ot/x')],
    ['test/a.test.ts', path("console.warn('SKIPPED: no data');\ncontext.sk", 'ip();')],
  ])('has nothing against %s with %j', (file, text) => {
    expect(offences(new Map([[file, text]]))).toEqual([]);
  });

  test('was shown every habit being broken', () => {
    expect(new Set(broken.map(([habit]) => habit))).toEqual(new Set(HABITS.map(({ name }) => name)));
  });
});
