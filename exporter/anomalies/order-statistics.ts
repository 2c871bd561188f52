/** The middle value, or the mean of the two; `undefined` of none. */
export function median(values: readonly number[]): number | undefined {
  return quantile(values, 0.5);
}

/** The value that `ratio` of them do not exceed, on a straight line between neighbours; `undefined` of none. */
export function quantile(values: readonly number[], ratio: number): number | undefined {
  if (values.length === 0) return undefined;
  const ordered = Float64Array.from(values).sort();
  const position = ratio * (ordered.length - 1);
  const below = Math.floor(position);
  const lower = ordered[below]!;
  const upper = ordered[Math.min(below + 1, ordered.length - 1)]!;
  return lower + (position - below) * (upper - lower);
}
