/** Whether objects and arrays of parsed JSON are inside each other more than `limit` times. Not recursive. */
export function isNestedDeeper(value: unknown, limit: number): boolean {
  let level = [value].filter(isContainer);
  for (let depth = 0; depth < limit; depth++) {
    if (level.length === 0) return false;
    level = level.flatMap((container) => Object.values(container).filter(isContainer));
  }
  return level.length > 0;
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
