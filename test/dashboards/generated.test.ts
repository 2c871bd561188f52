import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { buildDashboards } from '../../grafana-dashboards/index.ts';

const FOLDER = join(import.meta.dirname, '../../grafana-dashboards/generated');
const committed = new Map(
  readdirSync(FOLDER).map((file) => [file, readFileSync(join(FOLDER, file), 'utf8')] as const),
);

/** Names of files that are missing, left over or different. */
function stale(files: ReadonlyMap<string, string>): string[] {
  const built = buildDashboards();
  return [...new Set([...files.keys(), ...built.keys()])].filter(
    (file) => files.get(file) !== built.get(file),
  );
}

test('the committed dashboards are what the source builds: npm run generate', () => {
  expect(stale(committed)).toEqual([]);
});

test('a hand-edited, a missing and a left-over file are noticed', () => {
  const built = [...buildDashboards()];
  const [file, text] = built[0]!;
  const edited = text.replace('"refresh": "1m"', '"refresh": "5s"');
  expect(stale(new Map([...built, [file, edited]]))).toEqual([file]);
  expect(stale(new Map(built.slice(1)))).toEqual([file]);
  expect(stale(new Map([...built, ['old.json', text]]))).toEqual(['old.json']);
});

test('two builds are the same to the byte', () => {
  expect([...buildDashboards()]).toEqual([...buildDashboards()]);
});
