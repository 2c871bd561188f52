/** Whether objects and arrays of parsed JSON are inside each other more than `limit` times. As deep a recursion as that. */
export function isNestedDeeper(value: unknown, limit: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (limit === 0) return true;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      const item: unknown = value[i];
      if (typeof item === 'object' && isNestedDeeper(item, limit - 1)) return true;
    }
    return false;
  }
  for (const key in value) {
    const content: unknown = (value as Record<string, unknown>)[key];
    if (typeof content === 'object' && isNestedDeeper(content, limit - 1)) return true;
  }
  return false;
}
