import { createHash } from 'node:crypto';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from './run-command.ts';

export interface ReleaseArchive {
  /** File name without `.tar.gz`, which is also the folder inside. */
  readonly name: string;
  readonly url: string;
  readonly sha256: string;
  readonly programs: readonly string[];
}

const release = (project: string, version: string, target: string, sha256: string, programs: string[]) => ({
  name: `${project}-${version}.${target}`,
  url: `https://github.com/prometheus/${project}/releases/download/v${version}/${project}-${version}.${target}.tar.gz`,
  sha256,
  programs,
});

/** Official releases by `process.platform-process.arch`, with the checksums that their projects publish. */
export const RELEASES: Readonly<Record<string, readonly ReleaseArchive[]>> = {
  'linux-x64': [
    release(
      'prometheus',
      '3.14.0',
      'linux-amd64',
      'f665c6da19eb7ba399c915d30c7d9793c9b417bf8a749b504bc470678631478d',
      ['prometheus', 'promtool'],
    ),
    release(
      'alertmanager',
      '0.34.0',
      'linux-amd64',
      '19c75a11d8c03dc4ade7abdbddfb3a8f28c9e7b000d0849cda0cd71dffd74a03',
      ['alertmanager', 'amtool'],
    ),
  ],
  'linux-arm64': [
    release(
      'prometheus',
      '3.14.0',
      'linux-arm64',
      '077f3781ab7245dc04c9a3c9b78ba120fc8e41aa0dc97489b0af67247e50ba83',
      ['prometheus', 'promtool'],
    ),
    release(
      'alertmanager',
      '0.34.0',
      'linux-arm64',
      'a96ef16598ddc58e84d28167b3352b30e3205698d76c56ef467e4504d7664da4',
      ['alertmanager', 'amtool'],
    ),
  ],
};

/** Downloads, verifies and unpacks one archive; its programs end up in `into/bin`. */
export async function installRelease(archive: ReleaseArchive, into: string): Promise<void> {
  const response = await fetch(archive.url).catch((error: Error) => {
    throw new Error(`${archive.url}: ${error.cause ?? error.message}`);
  });
  if (!response.ok) throw new Error(`${archive.url}: answered ${response.status}, expected 200`);
  const content = Buffer.from(await response.arrayBuffer());
  verifyChecksum(archive.url, content, archive.sha256);

  const bin = join(into, 'bin');
  mkdirSync(bin, { recursive: true });
  const file = join(into, `${archive.name}.tar.gz`);
  writeFileSync(file, content);
  await runCommand('tar', ['-xzf', file, '-C', into], into);
  for (const program of archive.programs) renameSync(join(into, archive.name, program), join(bin, program));
}

/** Throws unless the SHA-256 of `content` is `expected` (hex). */
export function verifyChecksum(what: string, content: Buffer, expected: string): void {
  const got = createHash('sha256').update(content).digest('hex');
  if (got !== expected)
    throw new Error(`${what}: SHA-256 is ${got}, expected ${expected}; nothing was installed`);
}
