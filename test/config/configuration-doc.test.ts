import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { configSchema } from '../../exporter/config/schema.ts';
import { settings } from './documented-settings.ts';

const text = readFileSync(join(import.meta.dirname, '../../docs/configuration.md'), 'utf8');

test('docs/configuration.md has every setting, with its type and default, and no other', () => {
  const rows = text
    .split('\n')
    .filter((line) => /^\| `[a-z_]+[.[`]/.test(line))
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .map(([, key, type, byDefault]) => ({
      key: key?.replaceAll('`', ''),
      type,
      byDefault: byDefault?.replaceAll('`', ''),
    }));
  expect(rows).toEqual(settings());
});

test('its example is a valid configuration', () => {
  const [, example] = /```yaml\n([\s\S]*?)```/.exec(text) ?? [];
  expect(configSchema.parse(parse(example ?? 'none'))).toMatchObject({
    time_zone: 'Europe/Berlin',
    pricing: { models: [{ provider: 'own' }] },
  });
});
