import type { Family } from './catalogue.ts';
import type { Format } from './negotiate.ts';

/** Units that a family's name may end in, longest first. */
const UNITS = ['usd_per_hour', 'seconds', 'celsius', 'percent', 'bytes', 'ratio', 'watts', 'usd'];

/** The metadata lines of a family. OpenMetrics names a counter family without `_total`. */
export function familyHeader(family: Family, format: Format): string {
  if (format === 'text') {
    return `# HELP ${family.name} ${escapeHelp(family.help)}\n# TYPE ${family.name} ${family.type}\n`;
  }
  const isTotal = family.type === 'counter' && family.name.endsWith('_total');
  const name = isTotal ? family.name.slice(0, -'_total'.length) : family.name;
  // OpenMetrics has no counter whose sample does not end in _total.
  const type = family.type === 'counter' && !isTotal ? 'unknown' : family.type;
  const unit = UNITS.find((candidate) => name.endsWith(`_${candidate}`));
  return [
    `# HELP ${name} ${escapeHelp(family.help).replaceAll('"', '\\"')}`,
    `# TYPE ${name} ${type}`,
    ...(unit === undefined ? [] : [`# UNIT ${name} ${unit}`]),
    '',
  ].join('\n');
}

function escapeHelp(help: string): string {
  return help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}
