import { expect, test } from 'vitest';
import { logfmt } from '../../exporter/logfmt.ts';

test.each<
  [what: string, message: string, fields: Record<string, string | number | boolean | undefined>, line: string]
>([
  ['a word', 'started', {}, 'msg=started'],
  ['words and fields', 'it is up', { port: 1, ok: true }, 'msg="it is up" port=1 ok=true'],
  ['an absent field', 'x', { error: undefined }, 'msg=x'],
  ['an empty text', 'x', { error: '' }, 'msg=x error=""'],
  [
    'a second line that would be another entry',
    'x',
    { error: 'a\nts=0 level=info' },
    'msg=x error="a\\nts=0 level=info"',
  ],
  ['a quote', 'x', { error: 'say "a" \\' }, 'msg=x error="say \\"a\\" \\\\"'],
  ['an equals sign', 'x', { query: 'a=b' }, 'msg=x query="a=b"'],
])('%s', (_what, message, fields, line) => {
  const written: string[] = [];
  const log = logfmt(
    (text) => written.push(text),
    () => Date.UTC(2026, 10, 21, 10),
  );
  log.info(message, fields);
  log.warn(message, fields);
  log.error(message, fields);
  expect(written).toEqual(
    ['info', 'warn', 'error'].map((level) => `ts=2026-11-21T10:00:00.000Z level=${level} ${line}\n`),
  );
});
