import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { runCommand } from './run-command.ts';

const PACKAGES = ['prometheus', 'prometheus-alertmanager'];

/**
 * Unpacks Debian's packages below `into` and makes `into/bin`. Installing them would add a user and services that
 * start at every boot; unpacking adds two template files outside of the folder. apt checks the signatures.
 */
export async function unpackDebianPackages(into: string, step: (message: string) => void): Promise<void> {
  const downloads = join(into, 'packages');
  const root = join(into, 'root');
  for (const folder of [downloads, root, join(into, 'bin')]) mkdirSync(folder, { recursive: true });

  const options = await downloadWithFreshLists(into, downloads, step);
  // Debian's Prometheus takes the scripts of its web pages from packages of their own.
  let wanted = await webPackages(downloads, []);
  const seen: string[] = [];
  while (wanted.length > 0) {
    step(`downloading the web pages' scripts (${wanted.length} packages)`);
    await download(options, wanted, downloads);
    seen.push(...wanted);
    wanted = await webPackages(downloads, seen);
  }

  for (const file of debFiles(downloads)) {
    step(`unpacking ${file.split('_')[0]}`);
    await runCommand('dpkg-deb', ['--extract', file, root], downloads);
  }
  // 210 MB of time-zone tables that no page loads.
  rmSync(join(root, 'usr/share/javascript/moment-timezone/data'), { recursive: true, force: true });
  placeTemplates(root);
  writeLaunchers(into);
}

/**
 * Debian's Alertmanager reads its notification templates from this folder and from nowhere else. They are the only
 * files that are put outside of the project; throws where that is not allowed.
 */
function placeTemplates(root: string): void {
  const folder = '/usr/share/prometheus/alertmanager';
  for (const name of ['default.tmpl', 'email.tmpl']) {
    if (existsSync(join(folder, name))) continue;
    mkdirSync(folder, { recursive: true });
    copyFileSync(join(root, folder, name), join(folder, name));
  }
}

/** Tries the system's package lists; where they are absent or stale, fetches private ones. Answers the apt options. */
async function downloadWithFreshLists(
  into: string,
  downloads: string,
  step: (message: string) => void,
): Promise<readonly string[]> {
  step(`downloading Debian's ${PACKAGES.join(' and ')} (30 MB)`);
  try {
    await download([], PACKAGES, downloads);
    return [];
  } catch {
    const lists = join(into, 'apt-lists');
    mkdirSync(join(lists, 'partial'), { recursive: true });
    const options = ['-o', `Dir::State::lists=${lists}`, '-o', `Dir::Cache=${join(into, 'apt-cache')}`];
    step('fetching package lists');
    await runCommand('apt-get', [...options, 'update'], downloads);
    step(`downloading Debian's ${PACKAGES.join(' and ')} (30 MB)`);
    await download(options, PACKAGES, downloads);
    return options;
  }
}

async function download(options: readonly string[], names: readonly string[], folder: string): Promise<void> {
  // As root apt would switch to its own user, which may not write here, and warn about it.
  await runCommand('apt-get', [...options, '-o', 'APT::Sandbox::User=root', 'download', ...names], folder);
}

async function webPackages(downloads: string, seen: readonly string[]): Promise<string[]> {
  const names = new Set<string>();
  for (const file of debFiles(downloads)) {
    const depends = await runCommand('dpkg-deb', ['--field', file, 'Depends'], downloads);
    for (const [name] of depends.matchAll(/\b(libjs-|fonts-)[a-z0-9.+-]+/g)) names.add(name);
  }
  return [...names].filter((name) => !seen.includes(name));
}

const debFiles = (folder: string) => readdirSync(folder).filter((name) => name.endsWith('.deb'));

function writeLaunchers(into: string): void {
  const bin = join(into, 'bin');
  for (const name of ['promtool', 'amtool'])
    symlinkSync(join('..', 'root', 'usr', 'bin', name), join(bin, name));
  symlinkSync(join('..', 'root', 'usr', 'bin', 'prometheus-alertmanager'), join(bin, 'alertmanager'));
  // The package looks for its pages in /usr/share. `exec` keeps the pid that a supervisor kills.
  const launcher = join(bin, 'prometheus');
  writeFileSync(
    launcher,
    `#!/bin/sh
root="$(dirname "$(readlink -f "$0")")/../root"
exec "$root/usr/bin/prometheus" --web.local-assets="$root/usr/share/prometheus/web" "$@"
`,
  );
  chmodSync(launcher, 0o755);
}
