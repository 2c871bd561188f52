import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { detectionTables } from './anomalies/record.ts';

/** How well anomalies are found, on seeded costs: `node scripts/anomaly-detection.ts [--seeds 3] [--write]`. */
const RECORD = 'docs/anomaly-detection.md';

const { values } = parseArgs({
  options: { write: { type: 'boolean', default: false }, seeds: { type: 'string', default: '3' } },
});
const tables = detectionTables(Number(values.seeds));
if (values.write) {
  const path = join(import.meta.dirname, '..', RECORD);
  let text = readFileSync(path, 'utf8');
  for (const [name, table] of Object.entries(tables)) {
    const place = new RegExp(`(<!-- ${name} -->\\n)[^]*?(<!-- /${name} -->)`);
    if (!place.test(text)) throw new Error(`${RECORD}: expected a place <!-- ${name} --> for a table`);
    text = text.replace(place, (_, from: string, to: string) => `${from}\n${table}\n\n${to}`);
  }
  writeFileSync(path, text);
  process.stdout.write(`recorded in ${RECORD}\n`);
} else {
  process.stdout.write(`${Object.values(tables).join('\n\n')}\n`);
}
