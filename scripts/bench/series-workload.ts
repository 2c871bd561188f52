import { labelsOfVariant } from './usage-workload.ts';

/** The token meters that each label set has a series of. */
export const TOKEN_METERS = ['input', 'cache_read', 'output', 'reasoning'] as const;
export const FAMILY = 'llm_tokens_total';

/** What both contenders publish: `series` series of 6 labels and `token_type`, with their values. */
export function* tokenSeries(series: number) {
  for (let row = 0; row < series; row++) {
    const set = Math.floor(row / TOKEN_METERS.length);
    const meter = TOKEN_METERS[row % TOKEN_METERS.length]!;
    yield { labels: { ...labelsOfVariant(set), token_type: meter }, value: 1 + ((row * 7919) % 9_999_991) };
  }
}

/** Order-independent checksum of an exposition's sample lines: equal for the same series with the same values. */
export function checksum(lines: Iterable<string>): { lines: number; sum: number } {
  let count = 0;
  let sum = 0;
  for (const line of lines) {
    if (line === '' || line.startsWith('#')) continue;
    let hash = 0x811c9dc5;
    for (let i = 0; i < line.length; i++) hash = Math.imul(hash ^ line.charCodeAt(i), 0x01000193);
    sum = (sum + (hash >>> 0)) % Number.MAX_SAFE_INTEGER;
    count += 1;
  }
  return { lines: count, sum };
}
