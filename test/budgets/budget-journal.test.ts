import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { BudgetJournal } from '../../exporter/budgets/budget-journal.ts';
import { NOW_MS } from '../support/charges.ts';
import { type FrozenPorts, frozenPorts } from '../support/ports.ts';
import { tempDir } from '../support/temp-dir.ts';

interface Settings {
  readonly limit: number;
}

const by = { user: 'ada', address: '127.0.0.1' };
const change = (name: string, nowMs = NOW_MS) => ({ name, by, nowMs });

function parse(settings: unknown): Settings {
  const { limit } = settings as Settings;
  if (typeof limit !== 'number') throw new Error(`limit: expected number, got ${JSON.stringify(limit)}`);
  return { limit };
}

const journalAt = (path: string, { log }: FrozenPorts = frozenPorts(), budgets = 10) =>
  BudgetJournal.open<Settings>({ path, budgets, parse, log });
const newPath = () => join(tempDir(), 'budgets.jsonl');
const inForce = (journal: BudgetJournal<Settings>) => Object.fromEntries(journal.settings);
const lineOf = (name: string, limit: number) =>
  `${JSON.stringify({ at: '2026-01-01T00:00:00.000Z', by, action: 'put', name, before: null, after: { limit } })}\n`;

describe('budgets set through the API', () => {
  it('are there after a restart, as they were last set', async () => {
    const path = newPath();
    const journal = await journalAt(path);
    expect(await journal.put(change('a'), { limit: 1 })).toBeUndefined();
    expect(await journal.put(change('__proto__'), { limit: 2 })).toBeUndefined();
    expect(await journal.put(change('a'), { limit: 3 })).toEqual({ limit: 1 });
    expect(await journal.put(change('c'), { limit: 4 })).toBeUndefined();
    expect(await journal.delete(change('c'))).toEqual({ limit: 4 });
    expect(await journal.delete(change('c'))).toBeUndefined();

    const ports = frozenPorts();
    const again = await journalAt(path, ports);
    expect([...again.settings]).toEqual([
      ['a', { limit: 3 }],
      ['__proto__', { limit: 2 }],
    ]);
    expect(ports.lines).toEqual([]);
    await again.put(change('d'), { limit: 5 });
    expect((await journalAt(path)).settings.size).toBe(3);
  });

  it('have a history of who, when, before and after, newest first', async () => {
    const journal = await journalAt(newPath());
    await journal.put(change('a', NOW_MS), { limit: 1 });
    await journal.put(change('b', NOW_MS + 1), { limit: 9 });
    await journal.put(change('a', NOW_MS + 2), { limit: 2 });
    await journal.delete(change('a', NOW_MS + 3));
    const at = (ms: number) => new Date(NOW_MS + ms).toISOString();
    const ofA = [
      { at: at(3), by, action: 'delete', name: 'a', before: { limit: 2 }, after: null },
      { at: at(2), by, action: 'put', name: 'a', before: { limit: 1 }, after: { limit: 2 } },
      { at: at(0), by, action: 'put', name: 'a', before: null, after: { limit: 1 } },
    ];
    expect(await journal.history(10, 'a')).toEqual(ofA);
    expect(await journal.history(2, 'a')).toEqual(ofA.slice(0, 2));
    expect((await journal.history(3)).map(({ name }) => name)).toEqual(['a', 'a', 'b']);
    expect(await journal.history(10, 'none')).toEqual([]);
  });

  it('are changed one after the other', async () => {
    const path = newPath();
    const journal = await journalAt(path);
    const limits = Array.from({ length: 20 }, (_, at) => at + 1);
    await Promise.all(limits.map((limit) => journal.put(change('a'), { limit })));
    const history = (await journal.history(100)).reverse();
    expect(history.map(({ after }) => after?.limit)).toEqual(limits);
    expect(history.map(({ before }) => before?.limit)).toEqual([undefined, ...limits.slice(0, -1)]);
    expect(inForce(await journalAt(path))).toEqual({ a: { limit: 20 } });
  });

  it('are at most so many, but can always be changed', async () => {
    const journal = await journalAt(newPath(), frozenPorts(), 2);
    await journal.put(change('a'), { limit: 1 });
    await journal.put(change('b'), { limit: 1 });
    await expect(journal.put(change('c'), { limit: 1 })).rejects.toMatchObject({ code: 'too_many_budgets' });
    await journal.put(change('b'), { limit: 2 });
    await journal.delete(change('a'));
    await journal.put(change('c'), { limit: 1 });
    expect(inForce(journal)).toEqual({ b: { limit: 2 }, c: { limit: 1 } });
  });

  it('are none, and no file is made, until one is set', async () => {
    const path = newPath();
    const journal = await journalAt(path);
    expect([inForce(journal), await journal.history(5), existsSync(path)]).toEqual([{}, [], false]);
  });
});

describe('a write that was cut off', () => {
  const whole = lineOf('a', 1);

  it('at any byte is dropped with a warning, and the next one takes its place', async () => {
    const next = lineOf('é', 2);
    const bytes = Buffer.from(next);
    for (const written of [1, bytes.indexOf(0xc3) + 1, bytes.length - 1]) {
      const path = newPath();
      writeFileSync(path, whole);
      appendFileSync(path, bytes.subarray(0, written));
      const ports = frozenPorts();
      const journal = await journalAt(path, ports);
      expect(inForce(journal)).toEqual({ a: { limit: 1 } });
      expect(ports.lines).toEqual([expect.stringMatching(new RegExp(`^warn .*"bytes":${written}`))]);
      expect(readFileSync(path, 'utf8')).toBe(whole);
      await journal.put(change('b'), { limit: 3 });
      const later = frozenPorts();
      expect(inForce(await journalAt(path, later))).toEqual({ a: { limit: 1 }, b: { limit: 3 } });
      expect(later.lines).toEqual([]);
    }
  });

  it('while running is overwritten by the next', async () => {
    const path = newPath();
    const journal = await journalAt(path);
    await journal.put(change('a'), { limit: 1 });
    appendFileSync(path, '{"half');
    await journal.put(change('b'), { limit: 2 });
    expect(inForce(await journalAt(path))).toEqual({ a: { limit: 1 }, b: { limit: 2 } });
  });
});

describe('a file that is wrong stops the start, with file and line', () => {
  const putting = (settings: string) => `{"action":"put","name":"a","after":${settings}}\n`;

  test.each<[what: string, text: string | Buffer, message: RegExp]>([
    ['no JSON', `${lineOf('a', 1)}{"action":\n${lineOf('b', 1)}`, /budgets\.jsonl:2: not JSON/],
    ['an empty line', `\n${lineOf('a', 1)}`, /budgets\.jsonl:1: not JSON/],
    ['null', 'null\n', /budgets\.jsonl:1: name: expected text/],
    ['no name', '{"action":"put"}\n', /budgets\.jsonl:1: name: expected text/],
    ['no action', '{"name":"a"}\n', /budgets\.jsonl:1: action: expected put or delete/],
    [
      'settings that are none',
      `${lineOf('b', 1)}${putting('{"limit":"x"}')}`,
      /budgets\.jsonl:2: after: limit: expected number, got "x"/,
    ],
    ['no UTF-8', Buffer.from([0x22, 0xff, 0x22, 10]), /budgets\.jsonl: line 1 is not UTF-8/],
    ['a line without end', 'x'.repeat(400_000), /budgets\.jsonl: line 1 is longer than/],
  ])('%s', async (_what, text, message) => {
    const path = newPath();
    writeFileSync(path, text);
    await expect(journalAt(path)).rejects.toMatchObject({
      code: 'budgets_unreadable',
      message: expect.stringMatching(message) as string,
    });
    expect(readFileSync(path)).toEqual(Buffer.from(text));
  });

  it('but not settings that were replaced or deleted since', async () => {
    const path = newPath();
    writeFileSync(path, `${putting('{"old":1}')}${lineOf('a', 1)}`);
    expect(inForce(await journalAt(path))).toEqual({ a: { limit: 1 } });
  });

  it('nor can it be a directory', async () => {
    const path = newPath();
    mkdirSync(path);
    await expect(journalAt(path)).rejects.toMatchObject({ code: 'budgets_unreadable' });
  });
});

describe('what cannot be written', () => {
  const unavailable = {
    code: 'budgets_unavailable',
    message: expect.stringContaining('nothing has changed') as string,
  };

  it('is said, changes nothing, and can be written later', async () => {
    const directory = join(tempDir(), 'data');
    const path = join(directory, 'budgets.jsonl');
    const journal = await journalAt(path);
    await expect(journal.put(change('a'), { limit: 1 })).rejects.toMatchObject(unavailable);
    expect([inForce(journal), await journal.history(5)]).toEqual([{}, []]);
    mkdirSync(directory);
    await journal.put(change('a'), { limit: 2 });
    expect(inForce(journal)).toEqual({ a: { limit: 2 } });
    expect(inForce(await journalAt(path))).toEqual({ a: { limit: 2 } });
  });

  it('is what another program has cut off', async () => {
    const path = newPath();
    const journal = await journalAt(path);
    await journal.put(change('a'), { limit: 1 });
    writeFileSync(path, '');
    await expect(journal.put(change('b'), { limit: 1 })).rejects.toMatchObject(unavailable);
    expect(inForce(journal)).toEqual({ a: { limit: 1 } });
  });

  it('is a change that is too large', async () => {
    const path = newPath();
    const journal = await journalAt(path);
    const huge = { name: 'n'.repeat(300_000), by, nowMs: NOW_MS };
    await expect(journal.put(huge, { limit: 1 })).rejects.toMatchObject({ code: 'budget_journal_full' });
    expect([inForce(journal), existsSync(path)]).toEqual([{}, false]);
  });
});
