import type { Writable } from 'node:stream';

/** What a command needs of the process that it runs in. */
export interface CommandEdge {
  readonly stdout: Writable;
  /** Progress goes here; `isTTY` decides whether there is any. */
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly nowMs: number;
  /** Milliseconds on a clock that never steps backwards. */
  readonly monotonic: () => number;
  /** Aborts when the command is to end early. */
  readonly stop: AbortSignal;
}

/** Resolves to the exit code. Rejects with a `ConfigError` on arguments that are wrong, with a `CodedError` where it cannot run. */
export type Command = (args: readonly string[], edge: CommandEdge) => Promise<number>;
