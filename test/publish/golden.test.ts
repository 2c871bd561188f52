import { expect, test } from 'vitest';
import { CATALOGUE } from '../../exporter/publish/catalogue.ts';
import { everyFamily } from './every-family.ts';
import { parseExposition } from './parse-exposition.ts';
import { scrape } from './scrape.ts';

// `npx vitest run test/publish -u` rewrites both files; read the diff: names and labels are a promise.

test('a scrape with every family, as text', async () => {
  const text = await scrape(everyFamily());
  const families = parseExposition(text);
  expect([...families.keys()]).toEqual([...CATALOGUE.keys()]);
  await expect(text).toMatchFileSnapshot('../golden/publish/scrape.txt');
});

test('every label of the catalogue is written, and no other', async () => {
  const families = parseExposition(await scrape(everyFamily()));
  for (const { name, labels, type } of CATALOGUE.values()) {
    const written = new Set(families.get(name)?.samples.flatMap((sample) => Object.keys(sample.labels)));
    expect([...written].sort(), name).toEqual([...labels, ...(type === 'histogram' ? ['le'] : [])].sort());
  }
});

test('the same as OpenMetrics', async () => {
  const text = await scrape(everyFamily(), 'openmetrics');
  const families = parseExposition(text, { openMetrics: true });
  expect(families.size).toBe(CATALOGUE.size);
  for (const { name, unit, type } of families.values()) {
    expect(['counter', 'gauge', 'histogram'], name).toContain(type);
    if (unit !== undefined) expect(name.endsWith(`_${unit}`), `${name} in ${unit}`).toBe(true);
    if (/_(seconds|bytes|ratio|percent|usd|watts|celsius)$/.test(name)) expect(unit, name).toBeDefined();
  }
  await expect(text).toMatchFileSnapshot('../golden/publish/scrape.openmetrics.txt');
});
