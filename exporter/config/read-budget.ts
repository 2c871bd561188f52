import { CodedError } from '../domain/errors.ts';
import { type BudgetBody, budgetBody, budgetName } from './budget.ts';
import { expectation } from './describe-issue.ts';

const MAX_LENGTH = 2000;

/** The settings of one budget as they came. Throws `invalid_request` that names every field that is wrong. */
export function readBudget(settings: unknown): BudgetBody {
  const { success, data, error } = budgetBody.safeParse(settings, { reportInput: true });
  if (success) return data;
  const sentences = error.issues.map((issue) => {
    if (issue.code === 'unrecognized_keys') {
      const names = issue.keys.map((key) => JSON.stringify(key)).join(', ');
      return `${[...issue.path, ''].join('.')}unknown field ${names}`;
    }
    return `${issue.path.join('.') || 'the budget'}: ${expectation(issue)}`;
  });
  throw new CodedError('invalid_request', sentences.join('; ').slice(0, MAX_LENGTH));
}

/** Throws `invalid_request` on what cannot be the name of a budget. */
export function readBudgetName(name: string): string {
  const { success, data, error } = budgetName.safeParse(name, { reportInput: true });
  if (success) return data;
  const message = `the name of the budget: ${expectation(error.issues[0]!)}`;
  throw new CodedError('invalid_request', message.slice(0, MAX_LENGTH));
}
