import { z } from 'zod';
import { shaped } from './answer-shape.ts';
import { type Ask, BillError } from './bill.ts';

const MAX_PAGES = 100;
const MAX_BUCKETS = 10_000;

/** The buckets of all pages, in the form that OpenAI and Anthropic share. More pages than make sense are an error. */
export async function bucketPages<Bucket>(
  ask: Ask,
  path: string,
  query: readonly [string, string][],
  bucket: z.ZodType<Bucket>,
): Promise<Bucket[]> {
  const schema = z.object({
    data: z.array(bucket),
    has_more: z.boolean(),
    next_page: z.string().nullish(),
  });
  const buckets: Bucket[] = [];
  let page: string | undefined;
  for (let pages = 0; pages < MAX_PAGES && buckets.length <= MAX_BUCKETS; pages++) {
    const answer = shaped(
      schema,
      path,
      await ask(path, page === undefined ? query : [...query, ['page', page]]),
    );
    buckets.push(...answer.data);
    if (!answer.has_more) return buckets;
    if (answer.next_page == null)
      throw new BillError(`${path}: next_page: expected text, as has_more is true`);
    page = answer.next_page;
  }
  throw new BillError(`${path}: more than ${MAX_PAGES} pages or ${MAX_BUCKETS} buckets`);
}
