import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FakeAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface FakeProvider {
  readonly url: string;
  /** Path and query of what was asked for, in order. */
  readonly asked: string[];
  /** Answers all requests alike while it is set. */
  instead: FakeAnswer | undefined;
  close(): Promise<void>;
}

export const KEY = 'sk-admin-0123456789-never-to-be-seen';

/** A provider on loopback that knows one key. `answer` gives the JSON of a path, undefined where there is nothing. */
export async function serveProvider(
  isAuthorized: (headers: IncomingHttpHeaders) => boolean,
  answer: (path: string, query: URLSearchParams) => unknown,
): Promise<FakeProvider> {
  const provider = { asked: [] as string[], instead: undefined as FakeAnswer | undefined };
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://fake');
    provider.asked.push(request.url ?? '');
    const { status, headers, body } = provider.instead ?? answerOf();
    response.writeHead(status, headers).end(body);

    function answerOf(): FakeAnswer {
      if (!isAuthorized(request.headers)) return { status: 401, body: `Incorrect API key provided: ${KEY}` };
      const found = answer(pathname, searchParams);
      return found === undefined ? { status: 404 } : { status: 200, body: JSON.stringify(found) };
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return Object.assign(provider, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

/** What a provider says; assign to change it. */
export interface FakeBooks {
  /** Amounts in the provider's own unit and spelling. */
  costs: readonly FakeCost[];
  /** By day, `2026-11-20`. */
  tokens: Readonly<Record<string, number>>;
  currency: string;
  /** Buckets of a page. */
  pageSize: number;
  /** How the pages come, by their numbers: `[0, 1, 1, 2]` repeats one. */
  order: (pages: number) => readonly number[];
}

export interface FakeCost {
  readonly day: string;
  readonly model: string | null;
  readonly project?: string;
  readonly amount: string | number;
}

export function fakeBooks(books: Partial<FakeBooks> = {}): FakeBooks {
  return {
    costs: [],
    tokens: {},
    currency: 'USD',
    pageSize: 1000,
    order: (pages) => Array.from({ length: pages }, (_, page) => page),
    ...books,
  };
}

const DAY_MS = 86_400_000;

/** Days from a time on up to the one that contains `nowMs`, `2026-11-20`. */
export function daysFrom(fromMs: number, nowMs: number): string[] {
  const count = Math.max(0, Math.floor((nowMs - fromMs) / DAY_MS) + 1);
  return Array.from({ length: count }, (_, day) =>
    new Date(fromMs + day * DAY_MS).toISOString().slice(0, 10),
  );
}

/** One page of the buckets, in the form that OpenAI and Anthropic share. */
export function pageOf<B>(buckets: readonly B[], query: URLSearchParams, { pageSize, order }: FakeBooks) {
  const size = Math.min(pageSize, Number(query.get('limit') ?? 7));
  const pages = order(Math.max(1, Math.ceil(buckets.length / size)));
  const at = Number(query.get('page')?.replace('page_', '') ?? 0);
  const number = pages[at] ?? 0;
  const has_more = at + 1 < pages.length;
  return {
    data: buckets.slice(number * size, (number + 1) * size),
    has_more,
    next_page: has_more ? `page_${at + 1}` : null,
  };
}
