import { parsePrometheusText, type TextSample } from './prometheus-text.ts';

const MAX_BODY_BYTES = 16 * 1024 * 1024;
const MAX_SAMPLES = 50_000;
const ACCEPT = 'text/plain;version=0.0.4, application/openmetrics-text;version=1.0.0;q=0.5, */*;q=0.1';

export interface ScrapeTarget {
  readonly url: string;
  /** Names of the samples to read. */
  readonly wanted: ReadonlySet<string>;
  /** What names of the target begin with: an answer without any such line is another program's. */
  readonly prefix: RegExp;
}

/**
 * The wanted samples of one target, at most 16 MiB and 50,000 of them. Redirects are not followed. Rejects with the
 * place (without the query, which may hold secrets), what came and what was expected.
 */
export async function scrapeTarget(
  { url, wanted, prefix }: ScrapeTarget,
  signal: AbortSignal,
): Promise<readonly TextSample[]> {
  const { origin, pathname } = new URL(url);
  const fail = (reason: string): never => {
    throw new Error(`${origin}${pathname}: ${reason}`);
  };
  const text = await readText(url, signal, fail);
  const { samples, malformed } = parsePrometheusText(text, wanted, MAX_SAMPLES);
  if (malformed !== undefined) fail(malformed);
  if (samples.length === 0 && !prefix.test(text)) fail(`no metrics that begin with ${prefix.source}`);
  return samples;
}

async function readText(url: string, signal: AbortSignal, fail: (reason: string) => never): Promise<string> {
  try {
    const response = await fetch(url, { signal, redirect: 'manual', headers: { accept: ACCEPT } });
    if (response.status !== 200) {
      await response.body?.cancel();
      return fail(`answered ${response.status}, expected 200`);
    }
    return await boundedText(response, fail);
  } catch (error) {
    signal.throwIfAborted();
    // `fetch failed` says nothing; its cause does.
    const { cause } = error as { readonly cause?: { readonly code?: string; readonly message?: string } };
    if (cause) return fail(cause.code ?? cause.message ?? 'cannot be read');
    throw error;
  }
}

/** Counts what comes out of decompression, and lets go of the connection beyond the limit. */
async function boundedText(response: Response, fail: (reason: string) => never): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) fail(`more than ${MAX_BODY_BYTES} bytes`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
