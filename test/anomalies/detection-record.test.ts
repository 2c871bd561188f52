import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { CAUSES } from '../../scripts/anomalies/causes.ts';
import {
  atLeast,
  cleanMonths,
  injectedMonths,
  type Month,
  precision,
  recall,
} from '../../scripts/anomalies/detection.ts';
import { INJECTIONS } from '../../scripts/anomalies/injections.ts';
import { causeAccuracy } from '../../scripts/anomalies/record.ts';
import { TENANTS } from '../../scripts/anomalies/tenants.ts';

const KINDS = ['steady', 'weekly'] as const;
const HELD = ['5x for 6 h', '10x for 1 h', 'level 3x', 'nothing for 6 h'];

/** A part of what docs/anomaly-detection.md records, less a margin. */
describe('what was recorded still holds', () => {
  let injected: readonly Month[];
  let clean: readonly Month[];
  beforeAll(() => {
    const injections = INJECTIONS.filter(({ name }) => HELD.includes(name));
    injected = injectedMonths(KINDS, 1, injections);
    clean = cleanMonths(KINDS, 1);
  }, 180_000);

  test('every disturbance is found, all but drops with a warning, large ones within the hour', () => {
    expect(injected).toHaveLength(KINDS.length * HELD.length);
    expect(recall(injected, 'info')).toBeGreaterThanOrEqual(0.85);
    const spikes = injected.filter(({ injection }) => injection!.factorAt(0) > 1);
    expect(recall(spikes, 'warning')).toBeGreaterThanOrEqual(0.8);
    const large = injected.filter(({ injection }) => injection!.name === '10x for 1 h');
    for (const { delayMinutes } of large) expect(delayMinutes).toBeLessThanOrEqual(30);
  });

  test('what is called a warning is one', () => {
    expect(precision(injected, 'warning')).toBeGreaterThanOrEqual(0.8);
    const wrong = clean.flatMap((month) => month.wrong);
    expect(atLeast(wrong, 'warning') / clean.length).toBeLessThanOrEqual(0.5);
    expect(wrong.length / clean.length).toBeLessThanOrEqual(3);
  });
});

test.each(Object.keys(CAUSES))('%s is named where it is the cause', (kind) => {
  expect(causeAccuracy(kind as keyof typeof CAUSES, 2, 25)).toBeGreaterThanOrEqual(0.9);
});

test('the record has a row for each tenant, disturbance and cause', () => {
  const record = readFileSync(join(import.meta.dirname, '../../docs/anomaly-detection.md'), 'utf8');
  const rows = record.split('\n').filter((line) => line.startsWith('| '));
  for (const kind of Object.keys(TENANTS))
    expect(rows.some((row) => row.startsWith(`| ${kind} |`))).toBe(true);
  for (const { name } of INJECTIONS) expect(rows.some((row) => row.startsWith(`| ${name} (`))).toBe(true);
  for (const kind of Object.keys(CAUSES))
    expect(rows.some((row) => row.startsWith(`| \`${kind}\` |`))).toBe(true);
});
