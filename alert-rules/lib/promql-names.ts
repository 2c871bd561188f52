/** One vector selector: the metric, empty where only labels select, and the labels of its matchers. */
export interface Selector {
  readonly metric: string;
  readonly labels: readonly string[];
}

export interface PromqlNames {
  readonly selectors: readonly Selector[];
  /** Of `by`, `without`, `on`, `ignoring`, `group_left` and `group_right`. */
  readonly groupingLabels: readonly string[];
  /** By `label_replace`: the label that it makes, and the one that it reads. */
  readonly madeLabels: readonly { readonly label: string; readonly from: string }[];
}

/** Metrics that an expression reads, sorted, each once. */
export function metricNamesIn(expr: string): readonly string[] {
  return sortedUnique(
    readPromql(expr)
      .selectors.map(({ metric }) => metric)
      .filter((name) => name !== ''),
  );
}

/** Labels that an expression matches or groups by, sorted, each once. */
export function labelNamesIn(expr: string): readonly string[] {
  const { selectors, groupingLabels } = readPromql(expr);
  return sortedUnique([...selectors.flatMap(({ labels }) => labels), ...groupingLabels]);
}

const TOKEN =
  /(?<skip>\s+|#[^\n]*|\[[^\]]*\]|\$\{[^}]*\}|\$\w+|\d[\w.]*)|(?<text>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`)|(?<word>[a-zA-Z_:][a-zA-Z0-9_:]*)|(?<operator>[=!]~|[=!<>]=|[^\s])/y;

const GROUPING = new Set(['by', 'without', 'on', 'ignoring', 'group_left', 'group_right']);
const KEYWORDS = new Set(['and', 'or', 'unless', 'bool', 'offset', 'atan2', 'inf', 'nan']);
/** They make labels out of strings, which are not read here: refused rather than half understood. */
const LABEL_MAKERS = new Set(['label_join', 'count_values']);

interface Token {
  readonly kind: 'word' | 'text' | 'operator';
  readonly text: string;
}

/**
 * The names in a PromQL expression, by its tokens alone: whether it is valid is for promtool to say. Ranges, numbers,
 * comments, and dashboard variables (`$job`, `${job:regex}`) are passed over; a name may not be glued to a variable.
 * Throws on functions that create labels, other than `label_replace`.
 */
export function readPromql(expr: string): PromqlNames {
  const tokens = tokensOf(expr);
  const selectors: Selector[] = [];
  const groupingLabels: string[] = [];
  const madeLabels: { label: string; from: string }[] = [];
  for (let at = 0; at < tokens.length; at += 1) {
    const { kind, text } = tokens[at]!;
    const next = tokens[at + 1];
    const isName = kind === 'word' && !KEYWORDS.has(text.toLowerCase());
    if (isName && GROUPING.has(text.toLowerCase())) {
      if (next?.text !== '(') continue;
      const end = tokens.findIndex((token, index) => index > at && token.text === ')');
      const list = tokens.slice(at + 2, end).filter((token) => token.kind === 'word');
      groupingLabels.push(...list.map((token) => token.text));
      at = end;
    } else if (isName && isCall(next)) {
      if (text === 'label_replace') madeLabels.push(readLabelReplace(tokens, at + 1));
      if (LABEL_MAKERS.has(text)) throw new Error(`${text}() creates labels, which is not followed: ${expr}`);
    } else if (isName && next?.text !== '{') {
      selectors.push({ metric: text, labels: [] });
    } else if (isName || text === '{') {
      const [selector, end] = readMatchers(isName ? text : '', tokens, isName ? at + 1 : at);
      selectors.push(selector);
      at = end;
    }
  }
  return { selectors, groupingLabels, madeLabels };
}

/** Reads the strings of the call whose `(` is at `open`; its first argument is left to the caller. */
function readLabelReplace(tokens: readonly Token[], open: number): { label: string; from: string } {
  const strings: string[] = [];
  let depth = 0;
  for (const { kind, text } of tokens.slice(open)) {
    if (text === '(' || text === '{') depth += 1;
    if (text === ')' || text === '}') depth -= 1;
    if (depth === 0) break;
    if (kind === 'text' && depth === 1) strings.push(text.slice(1, -1));
  }
  const [label = '', , from = ''] = strings;
  return { label, from };
}

/** Whether a word before this token is a function or an aggregation: `rate(`, `sum by (`. */
function isCall(next: Token | undefined): boolean {
  return next?.text === '(' || (next?.kind === 'word' && /^(by|without)$/i.test(next.text));
}

/** Reads from the `{` at `open`; returns the position of its `}`. `__name__="x"` names the metric. */
function readMatchers(name: string, tokens: readonly Token[], open: number): [Selector, number] {
  let metric = name;
  const labels: string[] = [];
  let at = open + 1;
  for (; at < tokens.length && tokens[at]!.text !== '}'; at += 1) {
    const { kind, text } = tokens[at]!;
    if (kind !== 'word') continue;
    if (text !== '__name__') labels.push(text);
    else if (tokens[at + 1]?.text === '=') metric = tokens[at + 2]?.text.slice(1, -1) ?? metric;
  }
  return [{ metric, labels }, at];
}

function tokensOf(expr: string): Token[] {
  const tokens: Token[] = [];
  for (const { groups } of expr.matchAll(new RegExp(TOKEN, 'gy'))) {
    for (const kind of ['word', 'text', 'operator'] as const) {
      const text = groups?.[kind];
      if (text !== undefined) tokens.push({ kind, text });
    }
  }
  return tokens;
}

function sortedUnique(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort();
}
