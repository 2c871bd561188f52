import { z } from 'zod';
import { BillError } from './bill.ts';
import { nanoUsdOfDecimal } from './decimal-amount.ts';

/** Becomes a label and a part of a ledger key: no NUL, no half character. */
export const labelText = z
  .string()
  .max(512)
  .refine((text) => !text.includes('\0') && text.isWellFormed(), { error: 'expected plain text' });

export const usdCurrency = z.string().refine((code) => code.toUpperCase() === 'USD', {
  error: 'expected USD: amounts in other currencies are not added',
});

/** An amount of dollars (`unitDigits` 9) or cents (7) as nano-USD. */
export const amountOf = (unitDigits: 7 | 9) =>
  z.union([z.string(), z.number()]).transform((amount, context) => {
    const nanoUsd = nanoUsdOfDecimal(amount, unitDigits);
    if (nanoUsd !== undefined) return nanoUsd;
    context.addIssue({ code: 'custom', message: 'expected a decimal number below 9 million USD' });
    return z.NEVER;
  });

export const tokenCount = z.int().nonnegative();

/** The answer as its documentation has it. The error names fields and never what was in them. */
export function shaped<T>(schema: z.ZodType<T>, path: string, answer: unknown): T {
  const { data, error } = schema.safeParse(answer);
  if (!error) return data as T;
  const [first] = error.issues;
  const expected = first?.message.replace(/^(Invalid|Too) \w+: /, '').replace(/, received .*$/, '');
  throw new BillError(`${path}: ${first?.path.join('.') || 'the answer'}: ${expected}`);
}
