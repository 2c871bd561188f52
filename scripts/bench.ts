import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { BenchContext } from './bench/bench-context.ts';
import { budgetSection } from './bench/budget-section.ts';
import { ingestSection } from './bench/ingest-section.ts';
import { lifecycleSection } from './bench/lifecycle-section.ts';
import { litellmSection } from './bench/litellm-section.ts';
import { machine } from './bench/machine.ts';
import { otlpSection } from './bench/otlp-section.ts';
import { peersSection } from './bench/peers-section.ts';
import { rawSection } from './bench/raw-section.ts';
import { type Row, textTable } from './bench/report.ts';
import { scrapeSection } from './bench/scrape-section.ts';
import type { Section } from './bench/section.ts';
import { singlesSection } from './bench/singles-section.ts';
import { RECORD, writeRecord } from './bench/write-record.ts';
import { Children } from './demo/children.ts';
import { createProgress } from './demo/progress.ts';

/** Speed and size side by side with other programs, in one run: `npm run bench [-- --quick] [--only name] [--write]`. */
const SECTIONS: readonly Section[] = [
  scrapeSection,
  singlesSection,
  // Before ingest, which adds a million events of this hour to the prepared ledgers.
  lifecycleSection,
  ingestSection,
  otlpSection,
  rawSection,
  litellmSection,
  budgetSection,
  peersSection,
];
const USAGE = `usage: npm run bench [-- --only ${SECTIONS.map(({ name }) => name).join('|')}] [--quick] [--write]
  --quick   about 2 minutes: fewer rounds, smaller ledgers, no targets that need large ones
  --write   record the table in docs/benchmarks.md (whole runs only)
`;

const flags = readFlags();
const dir = mkdtempSync(join(tmpdir(), 'llm-cost-exporter-bench-'));
const children = new Children();
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort());
process.on('exit', () => rmSync(dir, { recursive: true, force: true }));

const progress = createProgress(process.stdout);
const context: BenchContext = { dir, quick: flags.quick, children, progress, stop: stop.signal };
const startedMs = performance.now();
try {
  const found: { section: Section; rows: readonly Row[] }[] = [];
  for (const section of flags.sections) found.push({ section, rows: await section.run(context) });
  progress.end();
  const rows = found.flatMap((each) => each.rows);
  process.stdout.write(`${textTable(rows)}\n\n${machine().join('\n')}\n`);
  process.stdout.write(`took ${((performance.now() - startedMs) / 1000).toFixed(0)} s\n`);
  if (flags.write) {
    writeRecord(found.map(({ section, rows }) => ({ title: section.title, rows })));
    process.stdout.write(`recorded in ${RECORD}\n`);
  }
} catch (error) {
  progress.end();
  if (!stop.signal.aborted) process.stderr.write(`bench: ${(error as Error).stack}\n`);
  process.exitCode = 1;
} finally {
  await children.stopAll();
}
process.exit();

function readFlags() {
  try {
    const flag = { type: 'boolean', default: false } as const;
    const { values } = parseArgs({ options: { only: { type: 'string' }, quick: flag, write: flag } });
    const sections = SECTIONS.filter(({ name }) => values.only === undefined || name === values.only);
    if (sections.length === 0) throw new Error(`--only is ${values.only}`);
    if (values.write && (values.quick || values.only !== undefined))
      throw new Error('--write needs a whole run');
    return { sections, quick: values.quick, write: values.write };
  } catch (error) {
    process.stderr.write(`bench: ${(error as Error).message}\n${USAGE}`);
    process.exit(2);
  }
}
