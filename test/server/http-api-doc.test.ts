import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { REJECTION_CODES } from '../../exporter/ingest/outcome.ts';
import { TEXT_LIMITS, usageEventSchema } from '../../exporter/ingest/usage-event-schema.ts';
import { HTTP_ERRORS } from '../../exporter/server/errors.ts';
import { exporterForTest, post, request } from './support/exporter.ts';

const text = readFileSync(join(import.meta.dirname, '../../docs/http-api.md'), 'utf8');

const JSON_BODY = { 'Content-Type': 'application/json' };

/** The rows of the tables below a heading, as cells without backticks. */
function rows(heading: string): string[][] {
  const [, section] = new RegExp(`^#+ ${heading}\\n([\\s\\S]*?)(?=^#|(?![\\s\\S]))`, 'm').exec(text) ?? [];
  return (section ?? '')
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) =>
      line
        .split('|')
        .map((cell) => cell.trim().replaceAll('`', ''))
        .slice(1, -1),
    );
}

test('every error code is documented with its status and Retry-After, and no other', () => {
  const documented = rows('Errors')
    .slice(1)
    .map(([status, code, meaning]) => [code, Number(status), /Retry-After: (\d+)/.exec(meaning!)?.[1]]);
  const mapped = Object.entries<{ status: number; retryAfterSeconds?: number }>(HTTP_ERRORS).map(
    ([code, { status, retryAfterSeconds }]) => [code, status, retryAfterSeconds?.toString()],
  );
  expect(documented.sort()).toEqual(mapped.sort());
});

test('every rejection code is documented, and no other', () => {
  expect(
    rows('Rejections')
      .slice(1)
      .map(([code]) => code),
  ).toEqual([...REJECTION_CODES]);
});

test('every event field is documented with the length of its text, and no other', () => {
  const [fields, counts] = [
    rows('Event fields').filter((row) => row.length === 3),
    rows('Event fields').filter((row) => row.length === 2),
  ];
  expect(fields.slice(1).map(([name]) => name)).toEqual(Object.keys(usageEventSchema.shape));
  expect(
    counts
      .slice(1)
      .map(([name]) => name)
      .sort(),
  ).toEqual(Object.keys(usageEventSchema.shape.usage.shape).sort());
  const lengths = fields.flatMap(([name, type]) => (type?.startsWith('text ') ? [[name, type]] : []));
  expect(Object.fromEntries(lengths)).toEqual(
    Object.fromEntries(Object.entries(TEXT_LIMITS).map(([name, length]) => [name, `text ≤ ${length}`])),
  );
});

test('its endpoints are there', async () => {
  const exporter = await exporterForTest();
  const body = '{"each": "user", "limit": 1}';
  await request(`${exporter.url}/api/v1/budgets/everyone`, { method: 'PUT', body, headers: JSON_BODY });
  const reserved = await post(exporter, '/api/v1/budgets/reservations', '{"estimate": {"cost_usd": 1}}');
  const id = (reserved.json as { reservation_id: string }).reservation_id;
  const endpoints = rows('HTTP API')
    .slice(1)
    .map(([endpoint]) => endpoint!.split(' '));
  expect(endpoints).toHaveLength(23);
  for (const [method, path] of endpoints) {
    const target = path!.replace('{provider}', 'openai').replace('{name}', 'everyone').replace('{id}', id);
    const { status } = await request(exporter.url + target, { method: method! });
    // OTLP must say how it is encoded.
    const refused = /^\/v1\/(traces|metrics|logs)$/.test(path!) ? 415 : 400;
    const answered = { GET: 200, DELETE: 204 }[method!] ?? refused;
    expect([path, status]).toEqual([path, answered]);
  }
});

test('its examples answer as they say', async () => {
  const definitions = [{ name: 'globex', scope: { tenant: 'globex' }, limit: 100, enforcement: 'hard' }];
  const exporter = await exporterForTest({ budgets: { definitions } });
  const examples = [...text.matchAll(/```sh\ncurl ([\s\S]*?)\n```\n\n```json\n([\s\S]*?)\n```/g)];
  expect(examples).toHaveLength(9);
  for (const [, command, answer] of examples) {
    const [url] = /http:\/\/127\.0\.0\.1:10464([^\s']*)/.exec(command!)!.slice(1);
    const headers = [...command!.matchAll(/-H '([^:]+): ([^']*)'/g)].map(([, name, value]) => [
      name!,
      value!,
    ]);
    const [body] = /(?:-d|--data-binary) '([\s\S]*)'$/.exec(command!)!.slice(1);
    const [, method = 'POST'] = /-X (\w+)/.exec(command!) ?? [];
    const { json } = await request(exporter.url + url, {
      method,
      headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...Object.fromEntries(headers) },
      body: body!,
    });
    expect(json).toEqual(JSON.parse(answer!));
  }
});
