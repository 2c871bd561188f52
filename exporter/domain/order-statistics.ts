/** The value below which the share `quantile` (0–1) of the values lies, on the line between its neighbours; `ofNone` if there are none. */
export function quantileOf(values: ArrayLike<number>, quantile: number, ofNone = Number.NaN): number {
  if (values.length === 0) return ofNone;
  const sorted = ascending(values);
  const rank = quantile * (sorted.length - 1);
  const below = Math.floor(rank);
  const low = sorted[below]!;
  return rank === below ? low : low + (rank - below) * (sorted[below + 1]! - low);
}

export function medianOf(values: ArrayLike<number>, ofNone?: number): number {
  return quantileOf(values, 0.5, ofNone);
}

/** 0 of none. */
export function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let at = 0; at < values.length; at++) sum += values[at]!;
  return values.length === 0 ? 0 : sum / values.length;
}

/** Insertion beats the engine's sort by far for the dozen values that most calls have. */
function ascending(values: ArrayLike<number>): Float64Array {
  const sorted = new Float64Array(values.length);
  if (values.length > 32) {
    sorted.set(values);
    return sorted.sort();
  }
  for (let count = 0; count < values.length; count++) {
    const value = values[count]!;
    let at = count;
    for (; at > 0 && sorted[at - 1]! > value; at--) sorted[at] = sorted[at - 1]!;
    sorted[at] = value;
  }
  return sorted;
}
