import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { installRelease, RELEASES } from '../../scripts/ensure-prometheus/release-archives.ts';
import { TOOL_NAMES } from '../../scripts/tools.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'release-archives-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const EXAMPLE = 'example-1.0.linux-amd64';

/** Serves a small archive made like an official one: a folder with two programs in it. */
async function withServer(run: (url: string, content: Buffer) => Promise<void>): Promise<void> {
  mkdirSync(join(folder, EXAMPLE));
  for (const program of ['one', 'two']) writeFileSync(join(folder, EXAMPLE, program), `I am ${program}`);
  execFileSync('tar', ['-czf', 'example.tar.gz', EXAMPLE], { cwd: folder });
  const content = readFileSync(join(folder, 'example.tar.gz'));
  const server = createServer((request, response) => {
    response.statusCode = request.url === '/example.tar.gz' ? 200 : 404;
    response.end(content);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    await run(`http://127.0.0.1:${(server.address() as AddressInfo).port}/example.tar.gz`, content);
  } finally {
    server.close();
  }
}

const sha256 = (content: Buffer) => createHash('sha256').update(content).digest('hex');

test('an archive with the pinned checksum is unpacked', () =>
  withServer(async (url, content) => {
    const into = mkdtempSync(join(folder, 'into-'));
    await installRelease({ name: EXAMPLE, url, sha256: sha256(content), programs: ['one', 'two'] }, into);
    expect(readFileSync(join(into, 'bin', 'two'), 'utf8')).toBe('I am two');
  }));

test('an archive that differs in one bit is refused before anything is written', () =>
  withServer(async (url, content) => {
    const into = mkdtempSync(join(folder, 'into-'));
    const other = Buffer.from(content);
    other[other.length - 1]! ^= 1;
    const archive = { name: EXAMPLE, url, sha256: sha256(other), programs: ['one'] };
    await expect(installRelease(archive, into)).rejects.toThrow(`SHA-256 is ${sha256(content)}, expected`);
    expect(existsSync(join(into, 'bin'))).toBe(false);
  }));

test('an answer that is not the file names the address and the status', () =>
  withServer(async (url) => {
    const archive = { name: EXAMPLE, url: `${url}.gone`, sha256: '', programs: ['one'] };
    await expect(installRelease(archive, folder)).rejects.toThrow(`${url}.gone: answered 404, expected 200`);
  }));

test.each(Object.entries(RELEASES))('%s has every program and well-formed pins', (_, archives) => {
  expect(archives.flatMap((archive) => archive.programs)).toEqual([...TOOL_NAMES]);
  for (const archive of archives) {
    expect(archive.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(archive.url).toMatch(new RegExp(`^https://github.com/prometheus/.*/${archive.name}\\.tar\\.gz$`));
  }
});
