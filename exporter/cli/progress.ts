import type { CommandEdge } from './command.ts';

export interface Progress {
  /** What is being done now: on a terminal the last line, rewritten each time; nothing in a pipe. */
  show(text: string): void;
  /** Takes the line away. */
  end(): void;
}

export function createProgress(output: CommandEdge['stderr']): Progress {
  if (!output.isTTY) return { show: () => undefined, end: () => undefined };
  const clear = '\r\x1b[K';
  return {
    show: (text) => void output.write(`${clear}${text.slice(0, (output.columns ?? 80) - 1)}`),
    end: () => void output.write(clear),
  };
}
