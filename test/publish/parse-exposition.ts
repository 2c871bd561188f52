/** A strict reader of the text formats: anything that the grammar does not have is an error with its line. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface ParsedFamily {
  readonly name: string;
  help?: string;
  type?: string;
  unit?: string;
  readonly samples: Sample[];
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const METADATA = new RegExp(`^# (HELP|TYPE|UNIT) (${NAME}) (.*)$`, 's');
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(.*)\\})? (\\S+)$`, 's');
const LABEL = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n\0]|\\["\\n])*)"(,(?=.)|$)/s;
const VALUE = /^(NaN|Nan|[+-]Inf|-?\d+(\.\d+)?([eE][+-]?\d+)?)$/;
const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  counter: ['_total'],
  histogram: ['_bucket', '_sum', '_count'],
};

export function parseExposition(
  text: string,
  { openMetrics = false, blankLines = false }: { openMetrics?: boolean; blankLines?: boolean } = {},
): Map<string, ParsedFamily> {
  const families = new Map<string, ParsedFamily>();
  const seen = new Set<string>();
  if (text !== '' && !text.endsWith('\n')) throw new Error('the last line has no newline');
  const lines = text.split('\n').slice(0, -1);
  if (openMetrics && lines.pop() !== '# EOF') throw new Error('OpenMetrics does not end with # EOF');
  let current: ParsedFamily | undefined;

  for (const [index, line] of lines.entries()) {
    const fail = (reason: string): never => {
      throw new Error(`line ${index + 1}: ${reason}: ${line.slice(0, 200)}`);
    };
    if (line === '' && blankLines) continue;
    if (line.startsWith('#')) {
      const [, keyword = fail('not a metadata line'), name = '', rest = ''] = METADATA.exec(line) ?? [];
      if (current?.name !== name) {
        if (families.has(name)) fail('a family in two places');
        current = { name, samples: [] };
        families.set(name, current);
      }
      if (current.samples.length > 0) fail('metadata after samples');
      const field = keyword.toLowerCase() as 'help' | 'type' | 'unit';
      if (current[field] !== undefined) fail('the same metadata twice');
      if (field === 'unit' && !openMetrics) fail('UNIT outside OpenMetrics');
      current[field] = field === 'help' ? withoutEscapes(rest) : rest;
      continue;
    }
    const [, name = fail('not a sample'), labelText = '', value = ''] = SAMPLE.exec(line) ?? [];
    const family = current ?? fail('a sample before any family');
    const allowed = family.type === 'counter' && !openMetrics ? [''] : (SUFFIXES[family.type ?? ''] ?? ['']);
    if (!allowed.some((suffix) => name === family.name + suffix)) fail(`not a sample of ${family.name}`);
    if (!VALUE.test(value)) fail('not a value');
    const labels = parseLabels(labelText, fail);
    const key = JSON.stringify([name, Object.entries(labels).sort()]);
    if (seen.has(key)) fail('the same series twice');
    seen.add(key);
    family.samples.push({ name, labels, value: parseValue(value) });
  }
  return families;
}

function parseLabels(text: string, fail: (reason: string) => never): Record<string, string> {
  const labels: Record<string, string> = {};
  for (let rest = text; rest !== ''; ) {
    const match = LABEL.exec(rest) ?? fail('not a label');
    const [whole, name = '', value = ''] = match;
    if (Object.hasOwn(labels, name)) fail(`label ${name} twice`);
    labels[name] = withoutEscapes(value);
    rest = rest.slice(whole.length);
  }
  return labels;
}

function withoutEscapes(text: string): string {
  return text.replace(/\\(["\\n])/g, (_, character: string) => (character === 'n' ? '\n' : character));
}

function parseValue(text: string): number {
  if (text === '+Inf') return Number.POSITIVE_INFINITY;
  if (text === '-Inf') return Number.NEGATIVE_INFINITY;
  return Number(text === 'Nan' ? 'NaN' : text);
}
