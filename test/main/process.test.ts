import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { samples } from '../e2e/support/exposition.ts';
import { tempDir } from '../support/temp-dir.ts';
import { ROOT, type Spawned, spawnExporter } from './support/spawn-exporter.ts';

const QUIET = 'samplers: { host: false, gpu: false }\n';
const VERSION = (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }).version;

function configFile(text = ''): string {
  const path = join(tempDir(), 'exporter.yaml');
  writeFileSync(path, QUIET + text);
  return path;
}

async function listening(exporter: Spawned): Promise<string> {
  const [, url] = await exporter.logged(/msg=listening address=(\S+)/);
  await expect.poll(async () => (await fetch(`${url}/-/healthy`)).status, { timeout: 10_000 }).toBe(200);
  return url!;
}

async function start(config: string, dataDir = tempDir()): Promise<{ exporter: Spawned; url: string }> {
  const exporter = spawnExporter(['--config', config, '--listen', '127.0.0.1:0', '--data-dir', dataDir]);
  return { exporter, url: await listening(exporter) };
}

const untilReady = (url: string) =>
  expect.poll(async () => (await fetch(`${url}/-/ready`)).status, { timeout: 10_000 }).toBe(200);
const metric = async (url: string, name: string) =>
  samples(await (await fetch(`${url}/metrics`)).text()).get(name);

describe('a process that ends at once', () => {
  test.each<[what: string, args: string[], code: number, stdout: RegExp, stderr: RegExp]>([
    ['--help', ['--help'], 0, /--config <file\.yaml>[\s\S]*--listen[\s\S]*--data-dir[\s\S]*SIGHUP/, /^$/],
    [
      '--version',
      ['--version'],
      0,
      new RegExp(`^llm-cost-exporter ${VERSION.replaceAll('.', '\\.')} \\(node v\\d+`),
      /^$/,
    ],
    [
      'an unknown flag',
      ['--port', '80'],
      2,
      /^$/,
      /^llm-cost-exporter: Unknown option '--port'; try --help\n$/,
    ],
    [
      'no configuration file',
      ['--config', 'nowhere.yaml'],
      2,
      /^$/,
      /^llm-cost-exporter: nowhere\.yaml: cannot be read: ENOENT[^\n]*\n$/,
    ],
    [
      'a bad address',
      ['--listen', 'nowhere'],
      2,
      /^$/,
      /^llm-cost-exporter: --listen: listen: expected host:port[^\n]*got "nowhere"\n$/,
    ],
  ])('%s', async (_what, args, code, stdout, stderr) => {
    const ended = await spawnExporter(args).exited;
    expect(ended).toEqual({
      code,
      stdout: expect.stringMatching(stdout),
      stderr: expect.stringMatching(stderr),
    });
  });

  test('several mistakes in the configuration: a line for each, exit 2', async () => {
    const config = configFile('listen: 5\nlimits: { body_bytes: -1 }\nbudgets: { monthly: 7 }\n');
    const { code, stderr } = await spawnExporter(['--config', config]).exited;
    expect(code).toBe(2);
    expect(
      stderr
        .trimEnd()
        .split('\n')
        .map((line) => line.replace(config, 'FILE')),
    ).toEqual([
      'llm-cost-exporter: FILE:2: listen: expected string, got 5',
      'llm-cost-exporter: FILE:3: limits.body_bytes: expected number to be >0, got -1',
      'llm-cost-exporter: FILE:4: budgets.monthly: unknown key, expected monthly_usd, tenants, definitions, when_unknown, reservation_seconds, reservations, subjects, top_subjects',
    ]);
  });
});

// The time limit is below the one for requests under way: a connection without any does not hold up the end.
test('the environment says where, and SIGTERM ends it with 0', async () => {
  const dataDir = join(tempDir(), 'made', 'on', 'the', 'way');
  const exporter = spawnExporter([], {
    LLM_COST_EXPORTER_CONFIG: configFile(),
    LLM_COST_EXPORTER_LISTEN: '127.0.0.1:0',
    LLM_COST_EXPORTER_DATA_DIR: dataDir,
  });
  const url = await listening(exporter);
  await untilReady(url);
  const idle = connect(Number(new URL(url).port), '127.0.0.1');
  onTestFinished(() => void idle.destroy());
  await new Promise((resolve) => idle.once('connect', resolve));
  exporter.process.kill('SIGTERM');
  const { code, stderr } = await exporter.exited;
  expect(code).toBe(0);
  expect(stderr).toMatch(/^ts=\S+ level=info msg=listening address=http:\/\/127\.0\.0\.1:\d+ version=\S+\n/);
  expect(stderr).toMatch(/level=info msg=stopping signal=SIGTERM\n$/);
}, 15_000);

test('a port in use: exit 1 and what to do', async () => {
  const other: Server = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void other.close());
  await new Promise((resolve) => other.once('listening', resolve));
  const address = `127.0.0.1:${(other.address() as AddressInfo).port}`;
  const { code, stderr } = await spawnExporter([
    '--config',
    configFile(),
    '--listen',
    address,
    '--data-dir',
    tempDir(),
  ]).exited;
  expect([code, stderr]).toEqual([
    1,
    `llm-cost-exporter: cannot listen on ${address}: the port is in use; choose another with --listen\n`,
  ]);
});

test('a second process on the data directory: exit 1, and the first goes on', async () => {
  const dataDir = tempDir();
  const first = await start(configFile(), dataDir);
  const second = spawnExporter(['--config', configFile(), '--listen', '127.0.0.1:0', '--data-dir', dataDir]);
  expect(await second.exited).toMatchObject({
    code: 1,
    stderr: `llm-cost-exporter: ${dataDir} is in use by another llm-cost-exporter\n`,
  });
  await untilReady(first.url);
  first.exporter.process.kill('SIGINT');
  expect((await first.exporter.exited).code).toBe(0);
});

test('a file where the data directory should be: up, 503, an end in order', async () => {
  const place = join(tempDir(), 'data');
  writeFileSync(place, '');
  const { exporter, url } = await start(configFile(), place);
  const response = await fetch(`${url}/v1/usage`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: '{"provider":"openai","model":"gpt-4o","usage":{"input_tokens":1}}',
  });
  expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);
  expect((await fetch(`${url}/-/ready`)).status).toBe(503);
  expect(await metric(url, 'llm_cost_exporter_ledger_up')).toBe(0);
  await exporter.logged(
    /level=error msg="ledger cannot be used; events are refused until it can" operation=open error="EEXIST/,
  );
  exporter.process.kill('SIGTERM');
  expect((await exporter.exited).code).toBe(0);
});

test('SIGHUP takes over budgets, and keeps the old ones where the file is wrong', async () => {
  const config = configFile('budgets: { monthly_usd: 100 }\n');
  const { exporter, url } = await start(config);
  await untilReady(url);
  const limit = () =>
    metric(url, 'llm_budget_limit_usd{budget="organization",scope="organization",period="month"}');
  const isReloaded = () => metric(url, 'llm_cost_exporter_config_last_reload_successful');
  const until = (read: () => Promise<number | undefined>, value: number) =>
    expect.poll(read, { timeout: 10_000 }).toBe(value);
  await until(limit, 100);
  expect(await isReloaded()).toBe(1);

  writeFileSync(config, `${QUIET}budgets: { monthly_usd: -1 }\n`);
  exporter.process.kill('SIGHUP');
  await until(isReloaded, 0);
  expect(await limit()).toBe(100);
  await exporter.logged(
    /level=error msg="configuration not taken over" error=".*exporter\.yaml:2: budgets\.monthly_usd: expected number to be >0, got -1"/,
  );

  writeFileSync(config, `${QUIET}budgets: { monthly_usd: 200 }\n`);
  exporter.process.kill('SIGHUP');
  await until(limit, 200);
  expect(await isReloaded()).toBe(1);
});

test('SIGTERM lets a request that is under way finish, and takes no new one', async () => {
  const { exporter, url } = await start(configFile());
  await untilReady(url);
  const body = '[{"provider":"openai","model":"gpt-4o","usage":{"input_tokens":1}}]';
  const client = connect(Number(new URL(url).port), '127.0.0.1');
  let text = '';
  const ended = new Promise((resolve) => client.once('close', resolve));
  client.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  client.write(
    `POST /v1/usage HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, 9)}`,
  );
  // What came later on another connection was answered: the first part of this one is there.
  expect((await fetch(`${url}/-/healthy`)).status).toBe(200);
  exporter.process.kill('SIGTERM');
  await exporter.logged(/msg=stopping/);
  await expect
    .poll(() =>
      fetch(`${url}/-/healthy`).then(
        () => 'answered',
        () => 'refused',
      ),
    )
    .toBe('refused');
  client.write(body.slice(9));
  await ended;
  expect(text).toMatch(
    /^HTTP\/1\.1 200 OK\r\n[\s\S]*\{"accepted":1,"duplicate":0,"unpriced":0,"rejected":\[\]\}$/,
  );
  expect((await exporter.exited).code).toBe(0);
});
