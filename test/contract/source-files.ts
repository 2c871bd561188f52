import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '../..');

/** Text by path (relative to the root) of what is in the repository or about to be: tracked, or new and not ignored. */
export function repositoryFiles(): ReadonlyMap<string, string> {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  return new Map(
    listed
      .split('\0')
      .filter((path) => statSync(join(ROOT, path), { throwIfNoEntry: false })?.isFile())
      .map((path) => [path, readFileSync(join(ROOT, path), 'utf8')]),
  );
}

export function typeScriptFiles(): ReadonlyMap<string, string> {
  return new Map([...repositoryFiles()].filter(([path]) => path.endsWith('.ts')));
}
