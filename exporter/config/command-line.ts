import { parseArgs } from 'node:util';
import { ConfigError } from '../domain/errors.ts';
import type { Override } from './load.ts';

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
  const overrides = SETTINGS.flatMap(({ field, flag, variable }): Override[] => {
    const given = flags[flag];
    if (given !== undefined) return [{ field, value: given, from: `--${flag}` }];
    const value = environment[variable];
    return value ? [{ field, value, from: variable }] : [];
  });
  return {
    help: flags.help ?? false,
    version: flags.version ?? false,
    configFile: flags.config ?? (environment.LLM_COST_EXPORTER_CONFIG || undefined),
    overrides,
  };
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  try {
    return parseArgs({
      args: [...args],
      options: { config: text, listen: text, 'data-dir': text, help: flag, version: flag },
    }).values;
  } catch (error) {
    const [sentence] = (error as Error).message.split('. ', 1);
    throw new ConfigError([`${sentence}; try --help`]);
  }
}
