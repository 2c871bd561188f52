const STRING = /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`/g;
const COMMENT = /#.*$/gm;
const LABEL_LIST = /\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g;
const IDENTIFIER = /(?<![\w:.])[a-zA-Z_:][\w:]*(?!\w|:|\s*\()/g;
const WORDS = new Set(
  'and or unless bool offset by without on ignoring group_left group_right atan2 inf nan start end'.split(
    ' ',
  ),
);

/**
 * The names of the metrics that a PromQL expression reads. Throws on a selector without a name
 * (`{__name__=~"llm_.*"}`): what that reads is not to be seen in it.
 */
export function metricNames(expression: string): Set<string> {
  const plain = expression.replaceAll(STRING, '""').replaceAll(COMMENT, '');
  if (/__name__|(?<![\w:]\s*){/.test(plain))
    throw new Error(`a selector without a metric name: ${expression}`);
  const names = plain
    .replaceAll(/\{[^}]*\}/g, ' ')
    .replaceAll(/\[[^\]]*\]/g, ' ')
    .replaceAll(LABEL_LIST, ' ')
    .matchAll(IDENTIFIER);
  return new Set([...names].map(([name]) => name).filter((name) => !WORDS.has(name.toLowerCase())));
}
