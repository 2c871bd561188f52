import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { toolPath } from '../../scripts/tools.ts';
import { dashboards, queryOf, substituted, targetsOf } from './built.ts';

/** Every expression as Grafana would send it, and the selectors of the drop-down lists. */
const EXPRESSIONS = dashboards().flatMap((dashboard) => [
  ...targetsOf(dashboard).map(({ expr }) => substituted(expr, dashboard)),
  ...dashboard.templating.list
    .filter(({ type }) => type === 'query')
    .map((variable) => substituted(/^label_values\((.+), \w+\)$/.exec(queryOf(variable))![1]!, dashboard)),
]);

/** Throws with promtool's message where an expression does not parse. */
function parse(expressions: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'panel-expressions-'));
  try {
    const file = join(folder, 'rules.yml');
    const rules = expressions.map((expr, index) => ({ record: `panel:expression:${index}`, expr }));
    writeFileSync(file, stringify({ groups: [{ name: 'panels', rules }] }));
    return execFileSync(toolPath('promtool'), ['check', 'rules', file], { encoding: 'utf8', stdio: 'pipe' });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('promtool parses every expression with its variables filled in', () => {
  expect(EXPRESSIONS.filter((expr) => expr.includes('$'))).toEqual([]);
  expect(parse(EXPRESSIONS)).toContain(`${EXPRESSIONS.length} rules found`);
});

test('a broken expression does not pass', () => {
  expect(() => parse([`${EXPRESSIONS[0]})`])).toThrow('unexpected right parenthesis');
});
