import { expect, onTestFinished } from 'vitest';
import { type FrozenPorts, frozenPorts } from '../../support/ports.ts';
import { type Service, type Settings, serveApp } from '../../support/running-app.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { type Answer, request } from './exporter.ts';

export async function given(
  settings: Settings = {},
  { directory = tempDir(), ports = frozenPorts() }: { directory?: string; ports?: FrozenPorts } = {},
): Promise<Service & { directory: string; ports: FrozenPorts }> {
  const service = await serveApp(directory, settings, ports);
  let isClosed = false;
  const close = async () => {
    if (isClosed) return;
    isClosed = true;
    await service.close();
  };
  onTestFinished(close);
  return { ...service, close, directory, ports };
}

export const BUDGETS = '/api/v1/budgets';
export const at = (name: string, below = '') => `${BUDGETS}/${encodeURIComponent(name)}${below}`;
export const get = ({ url }: Service, path = BUDGETS): Promise<Answer> => request(url + path);
export const remove = ({ url }: Service, name: string): Promise<Answer> =>
  request(url + at(name), { method: 'DELETE' });
export const put = (
  { url }: Service,
  name: string,
  settings: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> =>
  request(url + at(name), {
    method: 'PUT',
    body: typeof settings === 'string' ? settings : JSON.stringify(settings),
    headers: { 'Content-Type': 'application/json', ...headers },
  });
export const namesOf = async (service: Service) =>
  ((await get(service)).json as { budgets: { name: string }[] }).budgets.map(({ name }) => name);
export const metrics = async ({ url }: Service) => (await request(`${url}/metrics`)).text;

export const error = (code: string, message: string | RegExp) => ({
  error: { code, message: expect.stringMatching(message) as string },
});
