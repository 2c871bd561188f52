import { parseArgs } from 'node:util';
import { ConfigError } from '../domain/errors.ts';
import { loadConfig, type Override } from './load.ts';
import type { Config } from './schema.ts';

export interface CommandLine {
  readonly help: boolean;
  readonly version: boolean;
  readonly configFile: string | undefined;
  readonly overrides: readonly Override[];
}

type Environment = Readonly<Record<string, string | undefined>>;

const SETTINGS = [
  { field: 'listen', flag: 'listen', variable: 'LLM_COST_EXPORTER_LISTEN' },
  { field: 'data_dir', flag: 'data-dir', variable: 'LLM_COST_EXPORTER_DATA_DIR' },
] as const;

/**
 * The arguments after the program's name, and what the environment says where they do not. A variable that is empty
 * counts as not set. Throws `ConfigError` on an unknown flag.
 */
export function readCommandLine(args: readonly string[], environment: Environment): CommandLine {
  const flags = parse(args);
  return {
    help: flags.help ?? false,
    version: flags.version ?? false,
    configFile: configFileOf(flags, environment),
    overrides: overridesOf(flags, environment),
  };
}

/** The flags of every command that reads the configuration and the ledger, for `parseArgs`. */
export const SHARED_FLAGS = { config: { type: 'string' }, 'data-dir': { type: 'string' } } as const;

interface SharedFlags {
  readonly config?: string | undefined;
  readonly 'data-dir'?: string | undefined;
}

/** The configuration that a command works with. Throws `ConfigError`. */
export function sharedConfig(
  flags: SharedFlags,
  environment: Environment,
): { readonly config: Config; readonly configFile: string | undefined } {
  const configFile = configFileOf(flags, environment);
  const overrides = overridesOf(flags, environment).filter(({ field }) => field === 'data_dir');
  return { config: loadConfig(configFile, overrides), configFile };
}

function configFileOf({ config }: SharedFlags, environment: Environment): string | undefined {
  return config ?? (environment.LLM_COST_EXPORTER_CONFIG || undefined);
}

function overridesOf(
  flags: SharedFlags & { readonly listen?: string | undefined },
  environment: Environment,
): Override[] {
  return SETTINGS.flatMap(({ field, flag, variable }): Override[] => {
    const given = flags[flag];
    if (given !== undefined) return [{ field, value: given, from: `--${flag}` }];
    const value = environment[variable];
    return value ? [{ field, value, from: variable }] : [];
  });
}

/** The command that the arguments begin with, and the rest of them; without a command it is to serve. */
export function readCommand(args: readonly string[]): {
  readonly command: string | undefined;
  readonly rest: readonly string[];
} {
  const [command, ...rest] = args;
  return command === undefined || command.startsWith('-')
    ? { command: undefined, rest: args }
    : { command, rest };
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  try {
    return parseArgs({
      args: [...args],
      options: { ...SHARED_FLAGS, listen: text, help: flag, version: flag },
    }).values;
  } catch (error) {
    const [sentence] = (error as Error).message.split('. ', 1);
    throw new ConfigError([`${sentence}; try --help`]);
  }
}
