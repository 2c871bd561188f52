import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { ConfigError } from '../domain/errors.ts';

interface SpanFlags {
  readonly since?: string | undefined;
  readonly until?: string | undefined;
}

/** The flags of a command as `parseArgs` reads them; a mistake is a `ConfigError` that names the command. */
export function readFlags<Options extends ParseArgsOptionsConfig>(
  command: string,
  args: readonly string[],
  options: Options,
) {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    const [sentence] = (error as Error).message.split('. ', 1);
    throw new ConfigError([`${command}: ${sentence}; try ${command} --help`]);
  }
}

/** `--since` and `--until`: `[fromMs, toMs)`, in the past. `until` is now unless given. */
export function readSpan(
  command: string,
  flags: SpanFlags,
  nowMs: number,
): { readonly fromMs: number; readonly toMs: number } {
  if (flags.since === undefined)
    throw new ConfigError([`${command}: --since is missing, expected a day such as 2026-10-01`]);
  const fromMs = readInstant(command, '--since', flags.since);
  const toMs = flags.until === undefined ? nowMs : readInstant(command, '--until', flags.until);
  if (fromMs >= toMs)
    throw new ConfigError([
      `${command}: --since is ${new Date(fromMs).toISOString()}, expected a time before ${new Date(toMs).toISOString()}`,
    ]);
  return { fromMs, toMs: Math.min(toMs, nowMs) };
}

/** A day begins at midnight UTC. */
function readInstant(command: string, flag: string, text: string): number {
  const isInstant = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/.test(text);
  const ms = isInstant ? Date.parse(text) : Number.NaN;
  if (Number.isFinite(ms)) return ms;
  throw new ConfigError([
    `${command}: ${flag} is ${JSON.stringify(text)}, expected a day (2026-10-01) or a time with its offset (2026-10-01T08:00:00+02:00)`,
  ]);
}
