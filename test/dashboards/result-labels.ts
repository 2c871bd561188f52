import { CATALOGUE } from '../../exporter/publish/catalogue.ts';
import { EXTERNAL_METRICS } from '../../grafana-dashboards/queries/external-metrics.ts';

/** Labels of a PromQL result; `undefined` is a scalar. */
type Labels = ReadonlySet<string> | undefined;

const TOKEN =
  /\s*(?:("(?:[^"\\]|\\.)*")|(\d[\w.]*)|(\$?[a-zA-Z_:][\w:]*)|(=~|!~|!=|==|>=|<=|[-+*/%^<>=(){}[\],]))/y;
const PRECEDENCE = [
  ['or'],
  ['and', 'unless'],
  ['==', '!=', '>', '<', '>=', '<='],
  ['+', '-'],
  ['*', '/', '%'],
];
const AGGREGATIONS = new Set(['sum', 'min', 'max', 'avg', 'count', 'topk', 'bottomk']);
const TARGET_LABELS = ['job', 'instance'];

/**
 * The labels that the series of a PromQL result carry, by the catalogue. Covers the PromQL that the panels use.
 * Throws where the text cannot be read, a metric is unknown, a selector matches on a label that its metric lacks,
 * or `by`, `on` and `group_left` name a label that is not there any more.
 */
export function resultLabels(expr: string): Labels {
  const tokens = tokenize(expr);
  let position = 0;
  const peek = () => tokens[position];
  const take = (expected?: string): string => {
    const token = tokens[position++];
    if (token === undefined || (expected !== undefined && token !== expected)) {
      throw new Error(`expected ${expected ?? 'more'}, got ${token ?? 'the end'} in ${expr}`);
    }
    return token;
  };
  const taken = (token: string): boolean => {
    if (peek() !== token) return false;
    position++;
    return true;
  };

  function binary(level = 0): Labels {
    const operators = PRECEDENCE[level];
    if (!operators) return postfix();
    let left = binary(level + 1);
    while (operators.includes(peek() ?? '')) {
      const operator = take();
      taken('bool');
      const on = taken('on') ? labelList() : undefined;
      const added = taken('group_left') ? labelList() : undefined;
      left = combine(operator, left, binary(level + 1), on, added);
    }
    return left;
  }

  function combine(operator: string, left: Labels, right: Labels, on?: string[], added?: string[]): Labels {
    for (const label of on ?? []) demand(left, label, 'on');
    for (const label of [...(on ?? []), ...(added ?? [])]) demand(right, label, 'on or group_left');
    if (!left || !right) return left ?? right;
    if (operator === 'and' || operator === 'unless') return left;
    if (added) return new Set([...left, ...added]);
    if (on) return new Set(on);
    return new Set([...left].filter((label) => right.has(label)));
  }

  function postfix(): Labels {
    const labels = primary();
    while (peek() === '[' || peek() === 'offset') {
      if (taken('[')) {
        take();
        take(']');
      } else {
        take('offset');
        taken('-');
        take();
      }
    }
    return labels;
  }

  function primary(): Labels {
    if (taken('(')) {
      const labels = binary();
      take(')');
      return labels;
    }
    if (taken('-')) return primary();
    const name = take();
    if (/^\d/.test(name) || name.startsWith('"')) return undefined;
    if (AGGREGATIONS.has(name)) return aggregation(name);
    return peek() === '(' ? call(name) : selector(name);
  }

  function aggregation(name: string): Labels {
    const by = taken('by') ? labelList() : undefined;
    const inner = callArguments().at(-1);
    for (const label of by ?? []) demand(inner, label, 'by');
    return by ? new Set(by) : name.endsWith('k') ? inner : new Set();
  }

  function call(name: string): Labels {
    const start = position;
    const inner = callArguments().find((labels) => labels !== undefined);
    if (!inner) return undefined;
    const labels = new Set(inner);
    if (name === 'histogram_quantile') demand(inner, 'le', name);
    if (name === 'histogram_quantile') labels.delete('le');
    if (name === 'label_replace') {
      const [destination] = tokens.slice(start, position).filter(isString).slice(-4);
      labels.add(JSON.parse(destination ?? ''));
    }
    return labels;
  }

  function callArguments(): Labels[] {
    const found: Labels[] = [];
    take('(');
    while (!taken(')')) {
      found.push(binary());
      taken(',');
    }
    return found;
  }

  function selector(metric: string): Labels {
    const labels = metricLabels(metric);
    if (!taken('{')) return labels;
    while (!taken('}')) {
      demand(labels, take(), metric);
      if (!['=', '!=', '=~', '!~'].includes(take())) throw new Error(`no matcher in ${expr}`);
      take();
      taken(',');
    }
    return labels;
  }

  function labelList(): string[] {
    const found: string[] = [];
    take('(');
    while (!taken(')')) {
      found.push(take());
      taken(',');
    }
    return found;
  }

  function demand(labels: Labels, label: string, place: string): void {
    if (!labels?.has(label)) throw new Error(`${place}: there is no label ${label} there in ${expr}`);
  }

  const labels = binary();
  if (position < tokens.length) throw new Error(`cannot read ${peek()} in ${expr}`);
  return labels;
}

function isString(token: string): boolean {
  return token.startsWith('"');
}

function metricLabels(metric: string): ReadonlySet<string> {
  const external = EXTERNAL_METRICS.get(metric);
  if (external) return new Set([...TARGET_LABELS, ...external.labels]);
  const plain = CATALOGUE.get(metric);
  if (plain && plain.type !== 'histogram') return new Set([...TARGET_LABELS, ...plain.labels]);
  const [, base = '', suffix] = /^(\w+)_(bucket|sum|count)$/.exec(metric) ?? [];
  const histogram = CATALOGUE.get(base);
  if (histogram?.type !== 'histogram') throw new Error(`nobody publishes ${metric}`);
  return new Set([...TARGET_LABELS, ...histogram.labels, ...(suffix === 'bucket' ? ['le'] : [])]);
}

function tokenize(expr: string): string[] {
  const tokens: string[] = [];
  const pattern = new RegExp(TOKEN);
  while (expr.slice(pattern.lastIndex).trim() !== '') {
    const start = pattern.lastIndex;
    const match = pattern.exec(expr);
    if (!match) throw new Error(`cannot read ${expr.slice(start, start + 20)} in ${expr}`);
    tokens.push((match[1] ?? match[2] ?? match[3] ?? match[4])!);
  }
  return tokens;
}
