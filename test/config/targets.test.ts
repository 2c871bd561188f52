import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../exporter/config/load.ts';
import { configSchema } from '../../exporter/config/schema.ts';
import { ConfigError } from '../../exporter/domain/errors.ts';
import { tempDir } from '../support/temp-dir.ts';

function problemsOf(text: string): string[] {
  const path = join(tempDir(), 'c.yaml');
  writeFileSync(path, text);
  try {
    loadConfig(path, []);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map((problem) => problem.replace(path, 'c.yaml'));
    throw error;
  }
  throw new Error('nothing was wrong');
}

describe('targets', () => {
  it('have defaults', () => {
    const { engines, dcgm } = configSchema.parse({
      engines: [{ engine: 'tgi', url: 'http://127.0.0.1:3000/metrics', name: 'a' }],
      dcgm: [{ url: 'https://gpu-node-1:9400/metrics', name: 'a' }],
    });
    expect(engines).toEqual([{ engine: 'tgi', url: 'http://127.0.0.1:3000/metrics', name: 'a', model: '' }]);
    expect(dcgm).toEqual([{ url: 'https://gpu-node-1:9400/metrics', name: 'a', tenant_from: 'namespace' }]);
  });

  it.each(['engines', 'dcgm'])('of %s have names that differ', (section) => {
    const target = (name: string) =>
      `  - { ${section === 'engines' ? 'engine: vllm, ' : ''}url: http://h/metrics, name: ${name} }\n`;
    expect(problemsOf(`${section}:\n${target('a')}${target('b')}${target('a')}`)).toEqual([
      `c.yaml:4: ${section}.2.name: expected a name that no other target has, got "a"`,
    ]);
  });

  it('have no password in their URL, and it is not printed', () => {
    expect(problemsOf('dcgm:\n  - { url: "http://me:hunter2@h/metrics", name: a }\n')).toEqual([
      'c.yaml:2: dcgm.0.url: expected a URL without user and password, got "***"',
    ]);
  });

  it.each(['file:///etc/passwd', 'metrics', 'ftp://h/metrics'])('are not at %s', (url) => {
    expect(problemsOf(`dcgm:\n  - { url: "${url}", name: a }\n`)).toEqual([
      `c.yaml:2: dcgm.0.url: expected an http(s) URL, such as http://127.0.0.1:8000/metrics, got "${url}"`,
    ]);
  });
});
