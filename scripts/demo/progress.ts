export interface Progress {
  /** A line that stays. */
  say(line: string): void;
  /** On a terminal the last line, rewritten each time; nothing in a pipe. */
  show(line: string): void;
  /** Takes the rewritten line away. */
  end(): void;
}

export function createProgress(output: NodeJS.WriteStream): Progress {
  const clear = () => {
    if (output.isTTY) output.write('\r\x1b[K');
  };
  let shown = '';
  return {
    say: (line) => {
      clear();
      output.write(`${line}\n${output.isTTY ? shown : ''}`);
    },
    show: (line) => {
      if (!output.isTTY) return;
      shown = line.slice(0, output.columns - 1);
      clear();
      output.write(shown);
    },
    end: () => {
      clear();
      shown = '';
    },
  };
}
