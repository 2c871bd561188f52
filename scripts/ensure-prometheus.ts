/**
 * Sees to it that Prometheus, promtool, Alertmanager and amtool can be started: nothing to do when they are on PATH or
 * in `.tools/`; else Debian's packages, unpacked there; else the official release. No service is installed or started.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { unpackDebianPackages } from './ensure-prometheus/debian-packages.ts';
import { installRelease, RELEASES } from './ensure-prometheus/release-archives.ts';
import { findTool, TOOL_NAMES, TOOLS_DIR } from './tools.ts';

export async function ensurePrometheus(): Promise<void> {
  if (TOOL_NAMES.every((name) => findTool(name))) return;
  mkdirSync(TOOLS_DIR, { recursive: true });
  // Moved into place at the end: a broken attempt leaves nothing that looks installed.
  const workshop = mkdtempSync(join(TOOLS_DIR, 'unfinished-'));
  const discard = () => rmSync(workshop, { recursive: true, force: true });
  const interrupt = () => process.exit(130);
  process.once('exit', discard).once('SIGINT', interrupt);
  try {
    await install(workshop);
    for (const made of readdirSync(workshop)) {
      rmSync(join(TOOLS_DIR, made), { recursive: true, force: true });
      renameSync(join(workshop, made), join(TOOLS_DIR, made));
    }
    step(`Prometheus and Alertmanager are in ${TOOLS_DIR}`, true);
  } finally {
    discard();
    process.off('exit', discard).off('SIGINT', interrupt);
  }
}

async function install(workshop: string): Promise<void> {
  const attempts: string[] = [];
  if (existsSync('/usr/bin/apt-get') && existsSync('/usr/bin/dpkg-deb')) {
    try {
      await unpackDebianPackages(workshop, step);
      for (const leftover of ['packages', 'apt-lists', 'apt-cache'])
        rmSync(join(workshop, leftover), { recursive: true, force: true });
      return;
    } catch (error) {
      attempts.push(`Debian packages: ${message(error)}`);
      rmSync(workshop, { recursive: true });
      mkdirSync(workshop);
    }
  }
  const platform = `${process.platform}-${process.arch}`;
  try {
    const archives = RELEASES[platform];
    if (!archives)
      throw new Error(`no pinned release for ${platform}, only for ${Object.keys(RELEASES).join(', ')}`);
    for (const archive of archives) {
      step(`downloading ${archive.name}`);
      await installRelease(archive, workshop);
    }
  } catch (error) {
    attempts.push(`official release: ${message(error)}`);
    throw new Error(
      `Prometheus and Alertmanager are not on PATH and could not be installed:\n  ${attempts.join('\n  ')}\n` +
        'Install prometheus, promtool, alertmanager and amtool yourself so that they are on PATH, then try again.',
    );
  }
}

/** On a terminal one line that is rewritten; in a pipe only the result. */
function step(text: string, last = false): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}${last ? '\n' : ' …'}`);
  else if (last) process.stderr.write(`${text}\n`);
}

const message = (error: unknown) => (error instanceof Error ? error.message : String(error));

if (import.meta.main) {
  ensurePrometheus().catch((error: unknown) => {
    process.stderr.write(`\n${message(error)}\n`);
    process.exitCode = 1;
  });
}
