import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'vitest';

const DATA = join(import.meta.dirname, '../../../shared/data');

/** Path of a real input that lies beside the repository, never in it. Skips the test, saying so, where it is absent. */
export function realInput(context: TestContext, what: string, path: string): string {
  const file = join(DATA, path);
  if (!existsSync(file)) {
    console.warn(`SKIPPED: ${what}, ${file} is absent`);
    context.skip();
  }
  return file;
}
