/** A mistake of ours or of the configuration, with a stable code; mapped to a status or an exit code at the edge. */
export class CodedError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CodedError';
    this.code = code;
  }
}

/** Several mistakes found in one go: `problems` has one line each (what, where, got, expected). */
export class ConfigError extends CodedError {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super('config_invalid', problems.join('\n'));
    this.name = 'ConfigError';
    this.problems = problems;
  }
}
