import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { freePort, requireFreePort } from '../../scripts/demo/stack.ts';
import { waitUntil } from '../../scripts/demo/wait-until.ts';
import { openWorkplace, type Workplace } from './support/workplace.ts';

const TIMEOUT_MS = 180_000;
let place: Workplace;
let ports: number[];

beforeEach(async () => {
  place = openWorkplace();
  ports = [await freePort(), await freePort(), await freePort()];
});
afterEach(() => place.clear());

/** The demo with its temporary folder inside ours, where its absence can be seen. */
const startDemo = (...args: string[]) =>
  place.children.start(
    'demo',
    process.execPath,
    [join(import.meta.dirname, '..', '..', 'scripts', 'demo.ts'), '--ports', ports.join(), ...args],
    { TMPDIR: place.dir },
  );

const expectNothingLeft = async () => {
  expect(readdirSync(place.dir)).toEqual([]);
  for (const port of ports) await requireFreePort(port, 'a process that should have ended');
};

test(
  'it ends by itself, says which alerts arrived, and leaves nothing behind',
  async () => {
    const demo = startDemo('--seconds', '20');
    const pages = await waitUntil(
      'the demo to say where to look',
      () => demo.outputTail().match(/http:\S+\/(graph|alerts|metrics)\S*/g) ?? undefined,
      120_000,
      demo.outputTail,
    );
    expect(pages).toHaveLength(4);
    for (const page of pages) expect((await fetch(page)).status, page).toBe(200);
    const exit = await demo.exited;
    expect(exit, demo.outputTail()).toEqual({ code: 0, signal: null });
    expect(demo.outputTail()).toContain(`http://127.0.0.1:${ports[0]}/metrics`);
    expect(demo.outputTail()).toMatch(/^FIRING +warning +UnpricedUsage/m);
    expect(demo.outputTail()).toMatch(/alerts fired and \d+ resolved: .*UnpricedUsage/);
    expect(demo.outputTail(), 'in a pipe there is nothing to rewrite').not.toContain('\r');
    await expectNothingLeft();
  },
  TIMEOUT_MS,
);

test(
  'an interrupt in the middle ends everything it has started',
  async () => {
    const demo = startDemo();
    await waitUntil(
      'the backfill to begin',
      () => demo.outputTail().includes('2/4') || undefined,
      60_000,
      demo.outputTail,
    );
    demo.signal('SIGINT');
    expect(await demo.exited, demo.outputTail()).toEqual({ code: 0, signal: null });
    await expectNothingLeft();
  },
  TIMEOUT_MS,
);

test(
  'a port that is taken is named before anything starts',
  async () => {
    const taken = createServer().listen(ports[0], '127.0.0.1');
    await once(taken, 'listening');
    try {
      const demo = startDemo();
      expect(await demo.exited).toEqual({ code: 1, signal: null });
      expect(demo.outputTail()).toContain(`port ${ports[0]}, where exporter should listen, is not free`);
    } finally {
      taken.close();
    }
  },
  TIMEOUT_MS,
);

test.each([
  ['--seconds', '-1', '--seconds is -1, expected a positive number'],
  ['--ports', '1,2', '--ports is 1,2, expected three such as'],
  ['--fast', '', "Unknown option '--fast'"],
])(
  'a mistake in the arguments is explained: %s %s',
  async (flag, value, message) => {
    const demo = startDemo(`${flag}${value && `=${value}`}`);
    expect(await demo.exited).toEqual({ code: 2, signal: null });
    expect(demo.outputTail()).toContain(message);
  },
  TIMEOUT_MS,
);

test(
  'it shows several sources side by side',
  async () => {
    const demo = startDemo('--sources', '--seconds', '3');
    const exit = await demo.exited;
    const output = demo.outputTail();
    expect(exit, output).toEqual({ code: 0, signal: null });
    expect(output).toMatch(/^source +calls +tokens +cost +seen and not counted$/m);
    expect(output).toMatch(/^checkout-otlp +([1-9]\d*) .* \$0\.\d+ +sum_of_others \1$/m);
    expect(output).toMatch(/^support-litellm +[1-9]\d* .* \$0\.\d+ +-$/m);
    expect(output).toMatch(/^search-raw +[1-9]\d* .* \$0\.\d+ +usage_missing \d+$/m);
    expect(output).toMatch(/^vLLM engine +[1-9]\d* .* \$0\.\d+ +its tokens are not in llm_tokens_total/m);
    await expectNothingLeft();
  },
  TIMEOUT_MS,
);
