/** GPUs that split into four; all others that can be split have seven compute slices. */
const FOUR_SLICES = /\bA30\b|RTX PRO 6000/i;
const SEVEN = 7;
const FOUR = 4;

/** Compute slices of a MIG instance, from a profile such as `3g.40gb`, `1c.3g.40gb` or `1g.10gb+me`. */
export function slicesOf(profile: string, gpuModel: string): { held: number; of: number } | undefined {
  const held = Number(/(?:^|\.)(\d)g\./.exec(profile)?.[1]);
  const of = FOUR_SLICES.test(gpuModel) ? FOUR : SEVEN;
  return held >= 1 && held <= SEVEN ? { held, of } : undefined;
}
