import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { azureSubjects } from './accuracy/azure-subjects.ts';
import { evaluate } from './accuracy/evaluate.ts';
import { recordText } from './accuracy/report.ts';
import { SERIES_KINDS, seededSubject } from './accuracy/seeded-series.ts';
import { measureThread } from './accuracy/thread-load.ts';

const RECORD = join(import.meta.dirname, '../docs/forecast-accuracy.md');
const BEGIN = '<!-- recorded by scripts/forecast-accuracy.ts --write -->';
const END = '<!-- end of record -->';
/** None of those that the constants of exporter/forecast were chosen on. */
const FIRST_SEED = 1000;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '24' },
    every: { type: 'string', default: '1' },
    series: { type: 'string', default: '1000' },
    write: { type: 'boolean', default: false },
  },
});
const seeds = { first: FIRST_SEED, count: Number(values.seeds) };
const everyDays = Number(values.every);

const seeded = SERIES_KINDS.flatMap((kind) =>
  Array.from({ length: seeds.count }, (_, at) =>
    evaluate(seededSubject(kind, FIRST_SEED + at), everyDays),
  ).flat(),
);
const real = azureSubjects().flatMap((subject) => evaluate(subject));
const load = await measureThread(Number(values.series));
const text = recordText({ seeded, seeds, real, load });

if (values.write) {
  const document = readFileSync(RECORD, 'utf8');
  const begin = document.indexOf(BEGIN);
  const end = document.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`${RECORD}: expected the marks ${BEGIN} and ${END}`);
  writeFileSync(RECORD, `${document.slice(0, begin)}${BEGIN}\n\n${text}\n\n${document.slice(end)}`);
} else {
  console.log(text);
}
