/**
 * Calls back with the name and the data of each event of a server-sent event stream, in order, until `take` returns
 * false. Comments, empty events, CRLF, lone CR and data on several lines are as the HTML standard has them; unlike there, an event
 * at the end needs no blank line, and a line that is JSON by itself is an event (as in recordings of streams that have
 * another framing on the wire).
 */
export function forEachServerSentEvent(text: string, take: (data: string, name: string) => boolean): void {
  const lines = text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
  let name = '';
  let data: string | undefined;
  let start = 0;
  while (start <= lines.length) {
    const newline = lines.indexOf('\n', start);
    const end = newline < 0 ? lines.length : newline;
    const first = lines.charCodeAt(start);
    if (end === start) {
      if (data !== undefined && !take(data, name)) return;
      data = undefined;
      name = '';
    } else if (first === OPEN_BRACE || first === OPEN_BRACKET) {
      if (data !== undefined && !take(data, name)) return;
      data = undefined;
      if (!take(lines.slice(start, end), '')) return;
    } else if (first === LOWER_D && lines.startsWith('data', start)) {
      const value = valueAt(lines, start + 4, end);
      if (value !== undefined) data = data === undefined ? value : `${data}\n${value}`;
    } else if (first === LOWER_E && lines.startsWith('event', start)) {
      name = valueAt(lines, start + 5, end) ?? name;
    }
    start = end + 1;
  }
  if (data !== undefined) take(data, name);
}

const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;
const COLON = 0x3a;
const SPACE = 0x20;
const LOWER_D = 0x64;
const LOWER_E = 0x65;

/** What is behind the name of a field; undefined if the name goes on. */
function valueAt(lines: string, at: number, end: number): string | undefined {
  if (at === end) return '';
  if (lines.charCodeAt(at) !== COLON) return undefined;
  return lines.slice(lines.charCodeAt(at + 1) === SPACE && at + 1 < end ? at + 2 : at + 1, end);
}
