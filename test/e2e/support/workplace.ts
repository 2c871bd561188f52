import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Children } from '../../../scripts/demo/children.ts';

export interface Workplace {
  readonly dir: string;
  readonly children: Children;
  /** Kills every child by its pid and removes the folder. */
  clear(): Promise<void>;
}

/** A temporary folder and the processes that work in it. */
export function openWorkplace(): Workplace {
  const dir = mkdtempSync(join(tmpdir(), 'llm-cost-exporter-e2e-'));
  const children = new Children();
  return {
    dir,
    children,
    clear: async () => {
      await children.stopAll();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
