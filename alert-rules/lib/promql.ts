/** Tag for PromQL over several lines: interpolates, then takes off the common indentation and the outer blank lines. */
export function promql(parts: TemplateStringsArray, ...values: readonly (string | number)[]): string {
  const lines = String.raw({ raw: parts }, ...values).split('\n');
  const indents = lines.filter((line) => line.trim() !== '').map((line) => line.search(/\S/));
  const indent = Math.min(...indents.slice(parts[0]?.startsWith('\n') ? 0 : 1), Number.MAX_SAFE_INTEGER);
  return lines
    .map((line) => (line.search(/\S/) >= indent ? line.slice(indent) : line.trimStart()))
    .join('\n')
    .trim();
}
