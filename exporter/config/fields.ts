import { z } from 'zod';

export const text = z.string().min(1).max(256);

export const timeZone = z
  .string()
  .refine(isTimeZone, { error: 'expected an IANA time zone such as Europe/Berlin' });

/** An offset such as +02:00 is none: it knows no summer time. */
function isTimeZone(name: string): boolean {
  if (/^[+-]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

export const httpUrl = (example: string) =>
  z
    .url({ protocol: /^https?$/, error: `expected an http(s) URL, such as ${example}` })
    .check(({ value, issues }) => {
      const url = URL.parse(value);
      if (!url || (url.username === '' && url.password === '')) return;
      // The issue is printed with its input.
      issues.push({ code: 'custom', message: 'expected a URL without user and password', input: '***' });
    });

/** `what` goes by its name: `expected a name that no other target has`. */
export function namesDiffer(what: string) {
  return ({ value, issues }: z.core.ParsePayload<readonly { readonly name: string }[]>): void => {
    value.forEach(({ name }, index) => {
      if (value.findIndex((other) => other.name === name) === index) return;
      const message = `expected a name that no other ${what} has`;
      issues.push({ code: 'custom', message, path: [index, 'name'], input: name });
    });
  };
}
