export const MAX_TAGS = 32;
/** Characters of a name and of a text. */
export const TAG_LIMIT = 256;

/** Free texts by name. Looks at own properties only: a tag may be called `__proto__`. */
export function areTags(value: unknown): value is Readonly<Record<string, string>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const entries = Object.entries(value);
  return (
    entries.length <= MAX_TAGS &&
    entries.every(([name, tag]) => isShort(name) && typeof tag === 'string' && isShort(tag))
  );
}

function isShort(text: string): boolean {
  return text.length <= TAG_LIMIT;
}
