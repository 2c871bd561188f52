import type { z } from 'zod';
import { usageEventSchema } from './usage-event-schema.ts';

/** Explaining costs a hundred times what accepting does. */
export const EXPLAINED_PER_REQUEST = 1000;
const MAX_LENGTH = 1000;

/** Says what is wrong with the events of one request that were refused. Texts of the sender are not repeated. */
export function createExplainer(
  schema: z.ZodType = usageEventSchema,
  what = 'a usage event',
): (candidate: unknown) => string {
  let explained = 0;
  return (candidate) => {
    explained += 1;
    if (explained > EXPLAINED_PER_REQUEST) {
      return `not ${what}; only the first ${EXPLAINED_PER_REQUEST} of a request are explained`;
    }
    const { error } = schema.safeParse(candidate, { reportInput: true });
    const sentences = error?.issues.map(sentence) ?? [`not ${what}`];
    return sentences.join('; ').slice(0, MAX_LENGTH);
  };
}

/** Field, expectation, and what was there where that is a number. */
function sentence(issue: z.core.$ZodIssue): string {
  const where = issue.path.length > 0 ? `${issue.path.join('.')}: ` : '';
  if (issue.code === 'unrecognized_keys') {
    const names = issue.keys.map((key) => JSON.stringify(key)).join(', ');
    return `${where}unknown field ${names}${where === '' ? '; your own go under "tags"' : ''}`;
  }
  const expected = issue.message.replace(/^(Invalid|Too) \w+: /, '');
  return `${where}${expected}${typeof issue.input === 'number' ? `, got ${issue.input}` : ''}`;
}
