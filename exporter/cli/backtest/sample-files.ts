import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { CodedError } from '../../domain/errors.ts';
import type { Programs } from './programs.ts';

/** Of one file, and so of one block: powers of three times the two hours of Prometheus's smallest block. */
export const FILE_MS = { manySeries: 54 * 3_600_000, fewSeries: 486 * 3_600_000 } as const;
const ARENA_BYTES = 1024 * 1024;
/** About five minutes of work for promtool, and 100 MB of blocks. */
const SAMPLE_LIMIT = 60_000_000;

export interface SampleFilesOptions {
  /** For the files, which are removed as soon as they are blocks. */
  readonly directory: string;
  /** One of `FILE_MS`: promtool then reads a file twice and no more. */
  readonly fileMs: number;
  /** Of the files, which differ between writers that work at the same time. */
  readonly name: string;
  /** Prometheus's data directory. */
  readonly blocks: string;
  readonly promtool: string;
  readonly programs: Programs;
}

/**
 * Samples in order of time, written as OpenMetrics and made into Prometheus's blocks by `promtool`: one file is being
 * read while the next is written.
 */
export class SampleFiles {
  readonly #options: SampleFilesOptions;
  readonly #arena = Buffer.allocUnsafe(ARENA_BYTES);
  #used = 0;
  #file: { readonly fd: number; readonly path: string; readonly endMs: number } | undefined;
  #made = 0;
  #converting: Promise<void> = Promise.resolve();
  #samples = 0;

  constructor(options: SampleFilesOptions) {
    this.#options = options;
  }

  get samples(): number {
    return this.#samples;
  }

  /** Before the samples of a moment, later than those before. Waits for promtool where it is a file behind. */
  async at(atMs: number): Promise<void> {
    if (this.#samples > SAMPLE_LIMIT) {
      const message = `more than ${SAMPLE_LIMIT.toLocaleString('en')} samples up to ${new Date(atMs).toISOString()}`;
      throw new CodedError('too_much', `${message}: choose a shorter time or a longer --step`);
    }
    if (this.#file && atMs < this.#file.endMs) return;
    await this.#finishFile();
    const { directory, name, fileMs } = this.#options;
    const path = join(directory, `${name}-${this.#made++}.om`);
    this.#file = { fd: openSync(path, 'w'), path, endMs: (Math.floor(atMs / fileMs) + 1) * fileMs };
  }

  /** `prefix` is `name{labels} `; `write` puts the value at a position and answers the one after it, at most 48 further. */
  add(prefix: Buffer, write: (target: Buffer, at: number) => number, ending: Buffer): void {
    if (this.#used + prefix.length + ending.length + 48 > ARENA_BYTES) this.#flush();
    const arena = this.#arena;
    let at = this.#used;
    prefix.copy(arena, at);
    at = write(arena, at + prefix.length);
    ending.copy(arena, at);
    this.#used = at + ending.length;
    this.#samples += 1;
  }

  /** Everything is in blocks when it resolves. */
  async close(): Promise<void> {
    await this.#finishFile();
    await this.#converting;
  }

  #flush(): void {
    writeSync(this.#file!.fd, this.#arena, 0, this.#used);
    this.#used = 0;
  }

  async #finishFile(): Promise<void> {
    const file = this.#file;
    if (!file) return;
    this.#file = undefined;
    this.#used += this.#arena.write('# EOF\n', this.#used);
    writeSync(file.fd, this.#arena, 0, this.#used);
    this.#used = 0;
    closeSync(file.fd);
    await this.#converting;
    this.#converting = this.#convert(file.path);
    this.#converting.catch(() => undefined);
  }

  async #convert(path: string): Promise<void> {
    const { promtool, programs, blocks, fileMs } = this.#options;
    const args = ['create-blocks-from', 'openmetrics', '--quiet', `--max-block-duration=${fileMs / 1000}s`];
    await programs.run(promtool, ['tsdb', ...args, path, blocks], '--promtool');
    rmSync(path);
  }
}

/** ` 1790000000` and a line's end: the time of a sample in OpenMetrics. */
export function timeEnding(atMs: number): Buffer {
  return Buffer.from(` ${atMs / 1000}\n`);
}
