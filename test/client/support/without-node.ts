/**
 * The client in a context that has what browsers have and nothing of Node's. Arguments: the exporter, a provider.
 * Needs --experimental-vm-modules.
 */
import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { dirname, join } from 'node:path';
import vm from 'node:vm';

const [exporter, provider] = process.argv.slice(2);
const isPage = process.argv[4] === 'page';

const web = {
  AbortController,
  AbortSignal,
  Headers,
  ReadableStream,
  Response,
  TextDecoder,
  TextEncoder,
  URL,
  URLSearchParams,
  clearTimeout,
  fetch,
  performance,
  setTimeout,
};
const page = {
  document: Object.assign(new EventTarget(), { visibilityState: 'visible' }),
  addEventListener: () => {},
  location: { href: `${provider}/app/index.html` },
  // As on a page, where a URL may be relative to it.
  fetch: (input: string, init: RequestInit) => fetch(new URL(input, provider), init),
};
const context = vm.createContext({ ...web, ...(isPage ? page : {}) });
const modules = new Map<string, vm.SourceTextModule>();

function load(path: string): vm.SourceTextModule {
  let module = modules.get(path);
  if (!module) {
    module = new vm.SourceTextModule(stripTypeScriptTypes(readFileSync(path, 'utf8')), {
      context,
      identifier: path,
    });
    modules.set(path, module);
  }
  return module;
}

const entry = load(join(import.meta.dirname, '../../../client/index.ts'));
await entry.link((specifier, referrer) => load(join(dirname(referrer.identifier), specifier)));
await entry.evaluate();
const { createClient } = entry.namespace as typeof import('../../../client/index.ts');

const inside = vm.runInContext('[typeof process, typeof Buffer, typeof require, typeof crypto]', context);
const client = createClient({ url: exporter!, providers: { [new URL(provider!).host]: 'openai' } });
const init = { method: 'POST', headers: { 'content-type': 'application/json' } };
for (const stream of [false, true]) {
  const body = JSON.stringify({ model: 'gpt-4o', stream, stream_options: { include_usage: true } });
  const url = isPage ? '/v1/chat/completions' : `${provider}/v1/chat/completions`;
  const response = await client.fetch(url, { ...init, body });
  await response.text();
}
if (isPage) {
  page.document.visibilityState = 'hidden';
  page.document.dispatchEvent(new Event('visibilitychange'));
  while (client.stats().queued > 0) await new Promise((resolve) => setImmediate(resolve));
} else await client.close();
console.log(JSON.stringify({ inside, stats: client.stats() }));
