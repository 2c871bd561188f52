/** Factor from a unit that nvidia-smi prints to the unit of the reading. */
export type Units = ReadonlyMap<string, number>;

export const PERCENT: Units = new Map([['%', 1]]);
export const WATTS: Units = new Map([
  ['W', 1],
  ['mW', 1e-3],
]);
export const CELSIUS: Units = new Map([
  ['', 1],
  ['C', 1],
]);
export const BYTES: Units = new Map([
  ['B', 1],
  ['KiB', 1024],
  ['MiB', 1024 ** 2],
  ['GiB', 1024 ** 3],
]);

const QUANTITY = /^(-?\d{1,15}(?:[.,]\d{1,9})?) ?([A-Za-z%]*)$/;

/**
 * A number with its unit: `16376 MiB`, `26.20 W`, `26,20 W`. The unit in the cell counts before the header's. All else
 * is undefined: the driver has many words for "no value" (`[N/A]`, `ERR!`, `[Not Supported]`, `[Unknown Error]`,
 * `[Insufficient Permissions]`, `[GPU requires reset]`, …) and adds to them.
 */
export function parseQuantity(cell: string, units: Units, headerUnit = ''): number | undefined {
  const match = QUANTITY.exec(cell.trim());
  const factor = match && units.get(match[2] || headerUnit);
  return match && factor ? Number(match[1]?.replace(',', '.')) * factor : undefined;
}

/** A name or an id as printed, or undefined for one of the driver's words for "no value". */
export function parseText(cell: string): string | undefined {
  const text = cell.trim();
  return /^(\[.*\]|N\/A|ERR!|)$/.test(text) ? undefined : text;
}
