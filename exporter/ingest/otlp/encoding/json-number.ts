/** A number in OTLP's JSON: 64-bit integers come as text or as numbers. `undefined` for what is neither. */
export function jsonNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && value !== '' ? Number(value) : undefined;
}
