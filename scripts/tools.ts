import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

export type ToolName = 'prometheus' | 'promtool' | 'alertmanager' | 'amtool';
export const TOOL_NAMES: readonly ToolName[] = ['prometheus', 'promtool', 'alertmanager', 'amtool'];

/** Where `ensure-prometheus` puts the programs when they are not on PATH. */
export const TOOLS_DIR = join(import.meta.dirname, '..', '.tools');

/** Debian names one of them differently. */
const FILE_NAMES: Readonly<Record<ToolName, readonly string[]>> = {
  prometheus: ['prometheus'],
  promtool: ['promtool'],
  alertmanager: ['alertmanager', 'prometheus-alertmanager'],
  amtool: ['amtool'],
};

/** Absolute path of the program: PATH first, then `.tools/bin`; undefined where it is in neither. */
export function findTool(name: ToolName, path = process.env.PATH ?? ''): string | undefined {
  const folders = [...path.split(delimiter).filter((folder) => folder !== ''), join(TOOLS_DIR, 'bin')];
  return folders
    .flatMap((folder) => FILE_NAMES[name].map((file) => join(folder, file)))
    .find((candidate) => isExecutable(candidate));
}

/** Like `findTool`, but throws an error that names the command which installs the program. */
export function toolPath(name: ToolName): string {
  const found = findTool(name);
  if (found) return found;
  throw new Error(
    `${name}: not on PATH and not in ${join(TOOLS_DIR, 'bin')}; install it with: node scripts/ensure-prometheus.ts`,
  );
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
