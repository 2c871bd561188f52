/** `count` times the same value, in promtool's notation. */
export function flat(value: number, count: number): string {
  return `${value}x${count - 1}`;
}

/** Each value for its count of scrapes, one after the other. */
export function gauge(...stretches: readonly (readonly [value: number, count: number])[]): string {
  return stretches.map(([value, count]) => flat(value, count)).join(' ');
}

/** A counter that begins at 0 and grows by `perStep` over `steps` steps, one stretch after the other. */
export function counter(
  ...stretches: readonly { readonly steps: number; readonly perStep: number }[]
): string {
  let value = 0;
  const texts = ['0'];
  for (const { steps, perStep } of stretches) {
    texts.push(`${value + perStep}+${perStep}x${steps - 1}`);
    value += perStep * steps;
  }
  return texts.join(' ');
}

/** `count` scrapes without the series. */
export function missing(count: number): string {
  return `_x${count}`;
}
