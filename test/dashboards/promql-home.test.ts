import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../../grafana-dashboards');
const PROMQL =
  /\b(?:rate|increase|histogram_quantile|sum|max|min|topk)(?: by)? ?\(['"`$\w]*\{|\{job=|=~"\$|\$__range|\b(?:llm|gpu|process|nodejs)_\w+_(?:total|usd|seconds|bytes|percent|info)\b/;

const sources = readdirSync(ROOT, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.ts'),
);

test('PromQL is written in queries/ and nowhere else', () => {
  const withPromql = sources.filter((file) => PROMQL.test(readFileSync(join(ROOT, file), 'utf8')));
  expect(withPromql.filter((file) => !file.startsWith('queries'))).toEqual([]);
  expect(withPromql.length).toBeGreaterThan(0);
});
