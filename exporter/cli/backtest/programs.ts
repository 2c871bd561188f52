import { type ChildProcess, spawn } from 'node:child_process';
import { CodedError } from '../../domain/errors.ts';

const TAIL_CHARACTERS = 2000;

interface Started {
  readonly child: ChildProcess;
  /** Rejects if it cannot be started. Resolves when it is gone. */
  readonly ended: Promise<{ readonly code: number | null }>;
  /** The last that it wrote. */
  tail(): string;
}

/** Runs other programs. None outlives this process, and aborting `stop` ends them. */
export class Programs {
  readonly #stop: AbortSignal;
  readonly #running = new Set<ChildProcess>();
  readonly #killAll = () => {
    for (const child of this.#running) child.kill('SIGKILL');
  };

  constructor(stop: AbortSignal) {
    this.#stop = stop;
    process.once('exit', this.#killAll);
  }

  /** `flag` is the one that says where the program is. */
  start(program: string, args: readonly string[], flag: string): Started {
    this.#stop.throwIfAborted();
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#running.add(child);
    let tail = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        tail = (tail + text).slice(-TAIL_CHARACTERS);
      });
    }
    const kill = () => child.kill('SIGKILL');
    this.#stop.addEventListener('abort', kill, { once: true });
    const ended = new Promise<{ code: number | null }>((resolve, reject) => {
      const settle = (how: () => void) => {
        this.#running.delete(child);
        this.#stop.removeEventListener('abort', kill);
        how();
      };
      child.once('error', (error: NodeJS.ErrnoException) => {
        const reason = error.code === 'ENOENT' ? 'not found' : error.message;
        settle(() =>
          reject(new CodedError('program_missing', `${program}: ${reason}; say where it is with ${flag}`)),
        );
      });
      child.once('close', (code) => settle(() => resolve({ code })));
    });
    ended.catch(() => undefined);
    return { child, ended, tail: () => tail.trim() };
  }

  /** Runs a program to its end. Rejects with what it wrote if that is not in order. */
  async run(program: string, args: readonly string[], flag: string): Promise<void> {
    const { ended, tail } = this.start(program, args, flag);
    const { code } = await ended;
    this.#stop.throwIfAborted();
    if (code !== 0) throw new CodedError('program_failed', `${program} ${args[0]} failed: ${tail()}`);
  }

  /** Throws what `stop` was aborted with. */
  throwIfStopped(): void {
    this.#stop.throwIfAborted();
  }

  /** Kills what is left. */
  async close(): Promise<void> {
    const gone = [...this.#running].map((child) => new Promise((resolve) => child.once('close', resolve)));
    this.#killAll();
    process.off('exit', this.#killAll);
    await Promise.all(gone);
  }
}
