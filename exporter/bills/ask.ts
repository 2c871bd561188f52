import { type Ask, BillError } from './bill.ts';
import { retryAfterSeconds } from './retry-after.ts';

const MAX_BYTES = 16 * 1024 * 1024;
const REFUSED: readonly number[] = [401, 403];

export interface AskOptions {
  readonly fetch: typeof fetch;
  readonly baseUrl: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Where the key came from, for messages. */
  readonly keyFile: string;
  readonly nowMs: number;
  readonly timeoutMs: number;
  /** Ends what is under way. */
  readonly signal: AbortSignal;
}

/**
 * GET and nothing else, no redirects: the key goes where it was configured to go. Answers are never quoted in errors,
 * as providers repeat parts of the key in theirs.
 */
export function createAsk(options: AskOptions): Ask {
  const base = options.baseUrl.replace(/\/+$/, '');
  return async (path, query) => {
    const url = new URL(`${base}${path}?${new URLSearchParams(query)}`);
    // Without what a proxy's address may hold of a user and a password.
    const where = `GET ${url.origin}${url.pathname}`;
    const signal = AbortSignal.any([options.signal, AbortSignal.timeout(options.timeoutMs)]);
    try {
      const response = await options.fetch(url, {
        headers: { accept: 'application/json', ...options.headers },
        redirect: 'manual',
        signal,
      });
      if (response.status !== 200) {
        await response.body?.cancel();
        throw refusal(where, response, options);
      }
      return parsed(where, await boundedText(where, response));
    } catch (error) {
      if (error instanceof BillError) throw error;
      throw new BillError(`${where}: ${failure(error, options.timeoutMs)}`);
    }
  };
}

function refusal(where: string, { status, headers }: Response, { keyFile, nowMs }: AskOptions): BillError {
  const wait = retryAfterSeconds(headers.get('retry-after'), nowMs);
  if (REFUSED.includes(status)) {
    return new BillError(
      `${where}: the key of ${keyFile} is refused (${status}), expected an admin key`,
      wait,
    );
  }
  if (status >= 300 && status < 400) return new BillError(`${where}: a redirect (${status}), not followed`);
  return new BillError(`${where}: status ${status}, expected 200`, wait);
}

async function boundedText(where: string, { body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > MAX_BYTES) throw new BillError(`${where}: more than ${MAX_BYTES} bytes in one answer`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parsed(where: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new BillError(`${where}: the answer is not JSON`);
  }
}

function failure(error: unknown, timeoutMs: number): string {
  const { name, cause } = error as Error & { readonly cause?: { readonly code?: string } };
  if (name === 'TimeoutError') return `no answer within ${timeoutMs / 1000} s`;
  if (name === 'AbortError') return 'stopped';
  return `no connection (${cause?.code ?? name})`;
}
