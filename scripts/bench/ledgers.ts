import { type BenchContext, measureIn } from './bench-context.ts';
import type { FilledLedger } from './fill-ledger.ts';
import { count } from './report.ts';

/** Dimension sets of the prepared ledgers. */
export const LEDGER_VARIANTS = 200;

const made = new WeakMap<BenchContext, Promise<readonly FilledLedger[]>>();

/** Ledgers of growing size, made once for all sections. With `quick` the largest is smaller. */
export function ledgers(context: BenchContext): Promise<readonly FilledLedger[]> {
  let found = made.get(context);
  if (!found) {
    const rows = context.quick ? [100_000, 300_000] : [100_000, 1_000_000, 5_000_000];
    context.progress.show(`filling ledgers of ${rows.map(count).join(', ')} rows`);
    found = measureIn<FilledLedger[]>(context, 'fill-ledger.ts', {
      dir: `${context.dir}/ledgers`,
      variants: LEDGER_VARIANTS,
      rows,
    });
    made.set(context, found);
  }
  return found;
}
