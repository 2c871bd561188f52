export interface TextSample {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number;
}

export interface ParsedText {
  readonly samples: readonly TextSample[];
  /** The first line that is not as the format says, without its content; what is after it is not read. */
  readonly malformed: string | undefined;
}

const MAX_LABELS = 64;
const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/**
 * Samples of the metrics in `wanted`, from the Prometheus text format 0.0.4 or OpenMetrics 1.0. Metadata, timestamps
 * and exemplars are left out, and lines of other metrics are not looked at. Never throws.
 * One bad line spoils the whole: a sum over the rest would look like a counter that was reset.
 */
export function parsePrometheusText(
  text: string,
  wanted: ReadonlySet<string>,
  maxSamples: number,
): ParsedText {
  const samples: TextSample[] = [];
  const seen = new Set<string>();
  let lineNumber = 0;
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    const line = text.slice(start, end).trim();
    start = end + 1;
    lineNumber += 1;
    const nameEnd = endOfName(line);
    const name = line.slice(0, nameEnd);
    if (!wanted.has(name)) continue;
    const fail = (reason: string): ParsedText => ({ samples, malformed: `line ${lineNumber}: ${reason}` });
    if (!METRIC_NAME.test(name)) return fail('not a metric name');
    const labels = new Map<string, string>();
    const brace = skipBlanks(line, nameEnd);
    const afterLabels = line[brace] === '{' ? readLabels(line, brace + 1, labels) : nameEnd;
    if (typeof afterLabels === 'string') return fail(`${name}: ${afterLabels}`);
    const value = readValue(line.slice(afterLabels));
    if (value === undefined) return fail(`${name}: not a value`);
    const series = line.slice(0, afterLabels);
    if (seen.has(series)) return fail(`${name}: the same series twice`);
    if (samples.length >= maxSamples) return fail(`more than ${maxSamples} samples`);
    seen.add(series);
    samples.push({ name, labels, value });
  }
  return { samples, malformed: undefined };
}

function endOfName(line: string): number {
  const end = line.search(/[{ \t]/);
  return end < 0 ? line.length : end;
}

/** Reads `a="b",c="d"}` from `at` into `labels`. The position after the brace, or what is wrong. */
function readLabels(line: string, at: number, labels: Map<string, string>): number | string {
  let position = skipBlanks(line, at);
  while (line[position] !== '}') {
    if (labels.size === MAX_LABELS) return `more than ${MAX_LABELS} labels`;
    const equals = line.indexOf('=', position);
    if (equals < 0) return 'labels without an end';
    const name = line.slice(position, equals).trim();
    if (!LABEL_NAME.test(name)) return 'not a label name';
    if (labels.has(name)) return 'the same label twice';
    const quote = skipBlanks(line, equals + 1);
    if (line[quote] !== '"') return 'a label value without quotes';
    const close = closingQuote(line, quote + 1);
    if (close < 0) return 'a label value without an end';
    labels.set(name, withoutEscapes(line.slice(quote + 1, close)));
    position = skipBlanks(line, close + 1);
    if (line[position] === ',') position = skipBlanks(line, position + 1);
    else if (line[position] !== '}') return 'labels without a comma between them';
  }
  return position + 1;
}

function skipBlanks(line: string, at: number): number {
  let position = at;
  while (line[position] === ' ' || line[position] === '\t') position += 1;
  return position;
}

/** The next quote that has an even number of backslashes before it. */
function closingQuote(line: string, from: number): number {
  for (let quote = line.indexOf('"', from); quote >= 0; quote = line.indexOf('"', quote + 1)) {
    let backslashes = 0;
    while (quote - backslashes > from && line[quote - backslashes - 1] === '\\') backslashes += 1;
    if (backslashes % 2 === 0) return quote;
  }
  return -1;
}

function withoutEscapes(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(/\\([\\"n])/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped));
}

/** The value in ` 1.5`, ` 1.5 1700000000000` or ` 1.5 # {trace_id="a"} 0.7`. */
function readValue(rest: string): number | undefined {
  const exemplar = rest.indexOf(' # ');
  const [blank, value = '', timestamp = '0', ...more] = (exemplar < 0 ? rest : rest.slice(0, exemplar)).split(
    /[ \t]+/,
  );
  if (blank !== '' || more.length > 0 || !NUMBER.test(timestamp)) return undefined;
  if (NUMBER.test(value)) return Number(value);
  const word = /^([+-]?)(inf|infinity|nan)$/i.exec(value);
  if (!word) return undefined;
  if (word[2]?.toLowerCase() === 'nan') return Number.NaN;
  return word[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}
