import { readAdminKey } from './admin-key.ts';
import { anthropicBill } from './anthropic.ts';
import { createAsk } from './ask.ts';
import type { Bill, BillReader, BillWindow } from './bill.ts';
import { openaiBill } from './openai.ts';
import { openrouterBill } from './openrouter.ts';

export const BILL_READERS: readonly BillReader[] = [openaiBill, anthropicBill, openrouterBill];

/** One entry of the configuration's `bills`. */
export interface BillSettings {
  readonly provider: string;
  readonly admin_key_file: string;
  readonly base_url?: string | undefined;
}

const TIMEOUT_MS = 30_000;

/** The bill of a window, by a key that is read anew each time. Rejects with `BillError`. */
export async function readBill(
  { provider, admin_key_file: keyFile, base_url }: BillSettings,
  window: BillWindow,
  world: { readonly fetch: typeof fetch; readonly nowMs: number; readonly signal: AbortSignal },
): Promise<Bill> {
  const reader = BILL_READERS.find((one) => one.provider === provider);
  if (!reader) throw new Error(`no bill of ${provider} can be read`);
  const ask = createAsk({
    ...world,
    baseUrl: base_url ?? reader.baseUrl,
    headers: reader.headers(await readAdminKey(keyFile)),
    keyFile,
    timeoutMs: TIMEOUT_MS,
  });
  return reader.read(ask, window);
}
