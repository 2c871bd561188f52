import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fileCycles, unitCycles, violations } from './import-law.ts';
import { ROOT, typeScriptFiles } from './source-files.ts';

const files = typeScriptFiles();
const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  dependencies: Record<string, string>;
};
const packages = { dependencies: Object.keys(dependencies) };

describe('the repository', () => {
  test('is looked at', () => {
    expect([...files.keys()]).toEqual(expect.arrayContaining(['exporter/main.ts', 'alert-rules/index.ts']));
  });

  test('keeps the import law', () => {
    expect(violations(files, packages)).toEqual([]);
  });

  test('has no circle of folders', () => {
    expect(unitCycles(files)).toEqual([]);
  });

  test('has no files that load each other in a circle', () => {
    expect(fileCycles(files)).toEqual([]);
  });
});

describe('the checker', () => {
  test.each([
    [
      'exporter/domain/money.ts',
      "import { round } from '../pricing/round.ts';",
      'may import nothing of ours',
    ],
    ['exporter/domain/money.ts', "import { hash } from 'node:crypto';", 'the domain imports nothing at all'],
    [
      'exporter/pricing/index.ts',
      "import type { Ledger } from '../ledger/ledger.ts';",
      'a stage knows the domain',
    ],
    ['exporter/pricing/index.ts', "export * from '../config/schema.ts';", 'a stage knows the domain'],
    [
      'exporter/pricing/index.ts',
      "import {\n  a,\n  b,\n} from '../app/index.ts';",
      'a stage knows the domain',
    ],
    [
      'exporter/ledger/x.ts',
      "const w = new URL('../pricing/worker.ts', import.meta.url);",
      'a stage knows the domain',
    ],
    ['exporter/ledger/x.ts', "const m = await import('../pricing/index.ts');", 'a stage knows the domain'],
    ['exporter/config/load.ts', "import '../app/index.ts';", 'before anything else exists'],
    ['exporter/app/index.ts', "import { s } from '../server/index.ts';", 'knows neither HTTP'],
    ['exporter/server/index.ts', "import { l } from '../ledger/ledger.ts';", 'not its business'],
    ['exporter/web/page.ts', "import { l } from '../publish/encoder.ts';", 'a page shows nouns'],
    ['exporter/main.ts', "import { l } from './ledger/ledger.ts';", 'reaches past neither'],
    ['exporter/app/index.ts', "import { x } from '../../scripts/tools.ts';", 'the app wires the stages'],
    ['exporter/app/index.ts', "import { x } from '../support/ports.ts';", 'the app wires the stages'],
    ['exporter/server/index.ts', "import fc from 'fast-check';", 'not among the dependencies'],
    ['exporter/server/index.ts', "import x from '@scope/other/deep';", 'not among the dependencies'],
    [
      'alert-rules/index.ts',
      "import { e } from '../exporter/publish/encoder.ts';",
      'rules rely on published names',
    ],
    [
      'alert-rules/index.ts',
      "import { d } from '../grafana-dashboards/index.ts';",
      'rules rely on published names',
    ],
    [
      'grafana-dashboards/x.ts',
      "import { c } from '../exporter/config/schema.ts';",
      'dashboards rely on published',
    ],
    ['exporter/novelty/x.ts', '', 'not in the import law'],
  ])('%s: %j', (path, text, reason) => {
    expect(violations(new Map([[path, text]]), packages)).toEqual([expect.stringContaining(reason)]);
  });

  test.each([
    ['exporter/domain/charge.ts', "import { METER } from './meters.ts';"],
    [
      'exporter/ledger/sqlite/worker.ts',
      "import { x } from '../ledger.ts';\nimport { y } from '../../domain/z.ts';",
    ],
    [
      'exporter/server/index.ts',
      "import express from 'express';\nimport { x } from '../publish/encoder.ts';",
    ],
    ['alert-rules/lib/x.ts', "import { CATALOGUE } from '../../exporter/publish/catalogue.ts';"],
    ['scripts/bench/x.ts', "import { x } from '../../exporter/ledger/ledger.ts';"],
    ['exporter/pricing/index.ts', "// never import '../ledger/ledger.ts' here"],
  ])('%s: %j is lawful', (path, text) => {
    expect(violations(new Map([[path, text]]), packages)).toEqual([]);
  });

  test('names the way around a circle', () => {
    const circle = new Map([
      ['exporter/app/a.ts', "import { b } from './b.ts';"],
      ['exporter/app/b.ts', "import { c } from '../web/c.ts';"],
      ['exporter/web/c.ts', "import { a } from '../app/a.ts';"],
    ]);
    expect(fileCycles(circle)).toEqual([
      'exporter/app/a.ts → exporter/app/b.ts → exporter/web/c.ts → exporter/app/a.ts',
    ]);
    expect(unitCycles(circle)).toEqual(['exporter/app → exporter/web → exporter/app']);
    const typesOnly = new Map([...circle, ['exporter/app/b.ts', "import type { c } from '../web/c.ts';"]]);
    expect(fileCycles(typesOnly)).toEqual([]);
    expect(unitCycles(typesOnly)).toEqual(['exporter/app → exporter/web → exporter/app']);
  });
});
