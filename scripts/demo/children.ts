import { type ChildProcess, spawn } from 'node:child_process';

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Child {
  readonly name: string;
  readonly pid: number;
  /** Settles when the process is gone; never rejects. */
  readonly exited: Promise<Exit>;
  isRunning(): boolean;
  /** The last lines of stdout and stderr: what to show when something went wrong. */
  outputTail(): string;
  signal(signal: NodeJS.Signals): void;
}

const TAIL_CHARACTERS = 8000;

/** Child processes, each stopped by its own pid. No child outlives `stopAll`, nor the end of this process. */
export class Children {
  readonly #running = new Set<ChildProcess>();
  readonly #killAtExit = () => {
    for (const child of this.#running) child.kill('SIGKILL');
  };

  constructor() {
    process.on('exit', this.#killAtExit);
  }

  /** Throws when the program cannot be started. `extraEnv` is added to this process's environment. */
  start(
    name: string,
    program: string,
    args: readonly string[],
    extraEnv: Readonly<Record<string, string>> = {},
  ): Child {
    const process_ = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...extraEnv },
    });
    if (process_.pid === undefined) {
      process_.on('error', () => {});
      throw new Error(`${name}: cannot start ${program}`);
    }
    this.#running.add(process_);
    let tail = '';
    for (const stream of [process_.stdout, process_.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        tail = (tail + text).slice(-TAIL_CHARACTERS);
      });
    }
    const exited = new Promise<Exit>((resolve) => {
      process_.on('close', (code, signal) => {
        this.#running.delete(process_);
        resolve({ code, signal });
      });
    });
    return {
      name,
      pid: process_.pid,
      exited,
      isRunning: () => this.#running.has(process_),
      outputTail: () => tail,
      signal: (signal) => {
        process_.kill(signal);
      },
    };
  }

  /** SIGTERM to all, SIGKILL to those that are still there after `graceMs`; resolves when all are gone. */
  async stopAll(graceMs = 5000): Promise<void> {
    const stopping = [...this.#running];
    const gone = Promise.all(stopping.map((child) => new Promise((resolve) => child.once('close', resolve))));
    for (const child of stopping) child.kill('SIGTERM');
    const impatience = setTimeout(this.#killAtExit, graceMs);
    await gone;
    clearTimeout(impatience);
    process.off('exit', this.#killAtExit);
  }
}
