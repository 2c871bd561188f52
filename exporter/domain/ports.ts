/** What the outside world gives the application. Arguments, never globals: a test brings its own. */
export interface Ports {
  /** Wall clock, milliseconds since the epoch. May step backwards. */
  readonly now: () => number;
  /** Milliseconds on a clock that never steps backwards; its origin means nothing. */
  readonly monotonic: () => number;
  readonly log: Log;
}

export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;
