import { type Request, Router } from 'express';
import type { App } from '../app/index.ts';
import type { BudgetStatus } from '../domain/budget.ts';
import { CodedError } from '../domain/errors.ts';
import { budgetAnswer, statusAnswer } from './budget-answer.ts';
import { expectJson } from './decision-routes.ts';
import { onlyMethod } from './errors.ts';
import { bodyReader } from './read-body.ts';

const BODY_BYTES = 64 * 1024;
const PAGE = { byDefault: 100, most: 1000 };
const MAX_USER_LENGTH = 256;

const bySubject = (a: BudgetStatus, b: BudgetStatus) => (a.subject! < b.subject! ? -1 : 1);

/** Budgets, read and set. Mounted after the paths below `/api/v1/budgets/` that are none. */
export function budgetRoutes({ budgets }: App): Router {
  const router = Router({ caseSensitive: true, strict: true });
  const readBody = bodyReader(BODY_BYTES);

  router
    .route('/api/v1/budgets')
    .get((_request, response) => void response.json({ budgets: budgets.list().map(budgetAnswer) }))
    .all(onlyMethod('GET'));

  router
    .route('/api/v1/budgets/history')
    .get(async (request, response) => {
      const { limit } = queryOf(request, 'limit');
      response.json({ changes: await budgets.history(limitOf(limit)) });
    })
    .all(onlyMethod('GET'));

  router
    .route('/api/v1/budgets/:name')
    .get((request, response) => void response.json(budgetAnswer(budgets.get(request.params.name))))
    .put(async (request, response) => {
      expectJson(request);
      const body = await readBody(request);
      const { isNew, state } = await budgets.put(request.params.name, body, authorOf(request));
      response.status(isNew ? 201 : 200).json(budgetAnswer(state));
    })
    .delete(async (request, response) => {
      await budgets.delete(request.params.name, authorOf(request));
      response.status(204).end();
    })
    .all(onlyMethod('GET', 'PUT', 'DELETE'));

  router
    .route('/api/v1/budgets/:name/subjects')
    .get((request, response) => {
      const query = queryOf(request, 'limit', 'offset', 'order');
      const limit = limitOf(query.limit);
      const offset = wholeNumber('offset', query.offset ?? '0', 0, 1_000_000);
      const order = query.order ?? 'used';
      if (order !== 'used' && order !== 'name') throw invalid('order', order, 'used or name');
      const { total, statuses } = budgets.subjects(
        request.params.name,
        order === 'used' ? offset + limit : Infinity,
      );
      if (order === 'name') statuses.sort(bySubject);
      response.json({
        total,
        subjects: statuses
          .slice(offset, offset + limit)
          .map((status) => ({ subject: status.subject, ...statusAnswer(status) })),
      });
    })
    .all(onlyMethod('GET'));

  router
    .route('/api/v1/budgets/:name/history')
    .get(async (request, response) => {
      const { limit } = queryOf(request, 'limit');
      response.json({ changes: await budgets.history(limitOf(limit), request.params.name) });
    })
    .all(onlyMethod('GET'));
  return router;
}

/** As good as the proxy before us: whoever reaches us directly can say what they like. */
function authorOf({ headers, socket }: Request): { user?: string; address: string } {
  const user = String(headers['x-forwarded-user'] ?? headers['remote-user'] ?? '').slice(0, MAX_USER_LENGTH);
  return { ...(user !== '' && { user }), address: socket.remoteAddress ?? '' };
}

function queryOf<Name extends string>({ query }: Request, ...names: Name[]): Partial<Record<Name, string>> {
  for (const [name, value] of Object.entries(query)) {
    if (!(names as string[]).includes(name)) throw invalid('query', name, names.join(', '));
    if (typeof value !== 'string') throw invalid(name, 'more than one', 'one');
  }
  return query as Partial<Record<Name, string>>;
}

function limitOf(text = String(PAGE.byDefault)): number {
  return wholeNumber('limit', text, 1, PAGE.most);
}

function wholeNumber(name: string, text: string, least: number, most: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw invalid(name, text, `a whole number from ${least} to ${most}`);
}

function invalid(name: string, got: string, expected: string): CodedError {
  return new CodedError(
    'invalid_request',
    `${name}: got ${JSON.stringify(got.slice(0, 100))}, expected ${expected}`,
  );
}
