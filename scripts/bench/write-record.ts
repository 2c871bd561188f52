import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { machine } from './machine.ts';
import { markdownTable, type Row } from './report.ts';

export const RECORD = join(import.meta.dirname, '..', '..', 'docs', 'benchmarks.md');
const BEGIN = '<!-- recorded by npm run bench -- --write -->';
const END = '<!-- end of record -->';

/** Replaces what lies between the two marks of docs/benchmarks.md; what people wrote around them stays. */
export function writeRecord(
  sections: readonly { readonly title: string; readonly rows: readonly Row[] }[],
): void {
  const document = readFileSync(RECORD, 'utf8');
  const begin = document.indexOf(BEGIN);
  const end = document.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`${RECORD}: expected the marks ${BEGIN} and ${END}`);
  const missed = sections.flatMap(({ rows }) => rows).filter(({ met }) => met === false);
  const text = [
    ...sections
      .filter(({ rows }) => rows.length > 0)
      .map(({ title, rows }) => `### ${title}\n\n${markdownTable(rows)}`),
    `### What falls short\n\n${
      missed.length === 0
        ? 'Nothing in this run.'
        : missed
            .map(
              ({ measure, ours, ratio, target }) =>
                `- ${measure}: ${[ours, ratio].filter(Boolean).join(', ')}; target ${target}`,
            )
            .join('\n')
    }`,
    `### Machine\n\n${machine()
      .map((line) => `- ${line}`)
      .join('\n')}`,
  ].join('\n\n');
  writeFileSync(RECORD, `${document.slice(0, begin)}${BEGIN}\n\n${text}\n\n${document.slice(end)}`);
}
