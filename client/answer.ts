import { isObject, objectsIn, textAt } from './json.ts';

/** What the exporter made of a request. */
export type Answer =
  /** It is dealt with; `message` is absent if nothing is to be told. */
  | { readonly kind: 'taken'; readonly rejected: number; readonly message?: string | undefined }
  | { readonly kind: 'too large'; readonly message: string }
  /** It will never be taken. */
  | { readonly kind: 'refused'; readonly message: string }
  /** It is worth another try, `waitMs` from now at the earliest. */
  | { readonly kind: 'failed'; readonly message: string; readonly waitMs: number };

const MAX_WAIT_MS = 300_000;

export async function answerOf(response: Response): Promise<Answer> {
  const { status, headers } = response;
  const body = await response.json().catch(() => undefined);
  if (isObject(body) && Array.isArray(body.rejected)) {
    const [first] = objectsIn(body.rejected);
    return {
      kind: 'taken',
      rejected: body.rejected.length,
      message:
        first &&
        `${body.rejected.length} refused by the exporter, the first: ${String(first.code)}, ${String(first.message)}`,
    };
  }
  const error = isObject(body) && isObject(body.error) ? body.error : {};
  const message = `the exporter answered ${status}: ${textAt(error, 'message') ?? 'without saying why'}`;
  if (status === 413) return { kind: 'too large', message };
  if (status === 400 || status === 415 || status === 422) return { kind: 'refused', message };
  return { kind: 'failed', message, waitMs: waitMsOf(headers.get('retry-after')) };
}

/** Seconds, or a date. */
function waitMsOf(retryAfter: string | null): number {
  if (retryAfter === null) return 0;
  const ms = /^\d+$/.test(retryAfter.trim())
    ? Number(retryAfter) * 1000
    : Date.parse(retryAfter) - Date.now();
  return Number.isNaN(ms) ? 0 : Math.min(MAX_WAIT_MS, Math.max(0, ms));
}
