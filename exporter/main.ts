import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { createApp } from './app/index.ts';
import type { Command } from './cli/command.ts';
import { readCommand, readCommandLine } from './config/command-line.ts';
import { loadConfig } from './config/load.ts';
import { listenAddress } from './config/schema.ts';
import { CodedError, ConfigError } from './domain/errors.ts';
import { logfmt } from './logfmt.ts';
import { createDrain } from './server/drain.ts';
import { createHttpServer, createOtlpServer } from './server/index.ts';

const USAGE = `llm-cost-exporter: prices LLM token usage and publishes it for Prometheus

  --config <file.yaml>   configuration file                      LLM_COST_EXPORTER_CONFIG
  --listen <host:port>   where to listen (127.0.0.1:10464)       LLM_COST_EXPORTER_LISTEN
  --data-dir <dir>       where the ledger lives (./data)         LLM_COST_EXPORTER_DATA_DIR
  --version, --help

  llm-cost-exporter backtest --help   which alerts would have fired on the past of the ledger
  llm-cost-exporter simulate --help   what it would have cost with other prices, models or budgets

A flag wins over its environment variable, that over the file. SIGHUP reads the file again.
Exit codes: 0 ended by SIGTERM or SIGINT, 1 cannot run, 2 bad arguments or configuration.
`;

/** Commands instead of serving, by name. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  backtest: async () => (await import('./cli/backtest.ts')).backtest,
  simulate: async () => (await import('./cli/simulate.ts')).simulate,
};

/** How long requests under way may take after SIGTERM. */
const DRAIN_MS = 20_000;

/** The process edge: the only reader of argv, the environment and the clock, and the only one to exit. */
async function main(): Promise<void> {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  const { env } = process;
  const { command, rest } = readCommand(process.argv.slice(2));
  if (command !== undefined) return runCommand(command, rest);
  const { help, version: isVersion, configFile, overrides } = readCommandLine(process.argv.slice(2), env);
  if (help) return void process.stdout.write(USAGE);
  if (isVersion) return void process.stdout.write(`llm-cost-exporter ${version} (node ${process.version})\n`);

  const readConfig = () => loadConfig(configFile, overrides);
  const config = readConfig();
  const log = logfmt((line) => process.stderr.write(line), Date.now);
  const app = await createApp(config, {
    ports: { now: Date.now, monotonic: () => performance.now(), log },
    build: { version, revision: env.LLM_COST_EXPORTER_REVISION ?? '', nodeVersion: process.version },
    configFile,
  });
  const drains: (() => Promise<void>)[] = [];

  function listen(server: Server, address: string, setting: string, message: string): void {
    drains.push(createDrain(server, DRAIN_MS));
    const { host, port } = listenAddress(address)!;
    server.on('error', (error: NodeJS.ErrnoException) => {
      const reason =
        error.code === 'EADDRINUSE' ? `the port is in use; choose another with ${setting}` : error.message;
      process.stderr.write(`llm-cost-exporter: cannot listen on ${address}: ${reason}\n`);
      void app.close().finally(() => process.exit(1));
    });
    server.listen(port, host, () => {
      const bound = server.address();
      const actual = typeof bound === 'object' && bound ? bound.port : port;
      log.info(message, { address: `http://${host.includes(':') ? `[${host}]` : host}:${actual}`, version });
    });
  }

  listen(createHttpServer(app, config.limits, log), config.listen, '--listen', 'listening');
  if (config.otlp.listen !== undefined) {
    listen(
      createOtlpServer(app, config.limits, log),
      config.otlp.listen,
      'otlp.listen',
      'listening for OTLP',
    );
  }

  process.on('SIGHUP', () => app.reload(readConfig));
  let stopping = false;
  const stop = (signal: string) => {
    if (stopping) return;
    stopping = true;
    log.info('stopping', { signal });
    Promise.all(drains.map((drain) => drain()))
      .then(() => app.close())
      .then(
        () => process.exit(0),
        (error: Error) => {
          log.error('the ledger was not closed in order', { error: error.message });
          process.exit(1);
        },
      );
  };
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT'));
}

/** SIGTERM and SIGINT end a command early, with exit code 1, once it has put away what it made. */
async function runCommand(name: string, args: readonly string[]): Promise<void> {
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!load) {
    const known = Object.keys(COMMANDS).join(', ');
    throw new ConfigError([
      `got ${JSON.stringify(name)}, expected a command (${known}) or a flag; try --help`,
    ]);
  }
  const stop = new AbortController();
  const interrupted = new CodedError('interrupted', 'interrupted');
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort(interrupted));
  const run = await load();
  process.exitCode = await run(args, {
    stdout: process.stdout,
    stderr: process.stderr,
    environment: process.env,
    nowMs: Date.now(),
    monotonic: () => performance.now(),
    stop: stop.signal,
  });
}

main().catch((error: unknown) => {
  const lines =
    error instanceof ConfigError
      ? error.problems
      : [error instanceof CodedError ? error.message : (error as Error).stack];
  for (const line of lines) process.stderr.write(`llm-cost-exporter: ${line}\n`);
  process.exitCode = error instanceof ConfigError ? 2 : 1;
});
