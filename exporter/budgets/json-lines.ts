import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

export interface Line {
  readonly text: string;
  /** Counted from 1. */
  readonly number: number;
  /** Bytes of the file up to and with the line's newline. */
  readonly endBytes: number;
}

const NEWLINE = 10;

/** 0 for a file that is not there. */
export async function fileSize(path: string): Promise<number> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  return found?.size ?? 0;
}

/**
 * The lines of the file's first `bytes` that have their newline. Throws on one that is not UTF-8, and on one that is
 * longer than about `lineBytes`.
 */
export async function* linesOf(path: string, bytes: number, lineBytes: number): AsyncGenerator<Line> {
  if (bytes === 0) return;
  let rest: Buffer = Buffer.alloc(0);
  let number = 0;
  let endBytes = 0;
  for await (const chunk of createReadStream(path, { end: bytes - 1 }) as AsyncIterable<Buffer>) {
    const data = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let start = 0;
    for (let end = data.indexOf(NEWLINE); end >= 0; end = data.indexOf(NEWLINE, start)) {
      const line = data.subarray(start, end);
      endBytes += line.length + 1;
      number += 1;
      if (!isUtf8(line)) throw new Error(`line ${number} is not UTF-8`);
      yield { text: line.toString('utf8'), number, endBytes };
      start = end + 1;
    }
    rest = data.subarray(start);
    if (rest.length > lineBytes) throw new Error(`line ${number + 1} is longer than ${lineBytes} bytes`);
  }
}

/**
 * Writes a line where the file's first `bytes` end; what it has beyond them is what is left of a write that failed.
 * On return file and directory entry are on the disk; if it throws, the line is not in the file as far as that can be
 * helped.
 */
export async function appendDurably(path: string, bytes: number, line: Buffer): Promise<void> {
  const file = await open(path, 'a', 0o600);
  try {
    const { size } = await file.stat();
    if (size < bytes) throw new Error(`it is shorter than it was, ${size} of ${bytes} bytes`);
    if (size > bytes) await file.truncate(bytes);
    try {
      await file.appendFile(line);
      await file.sync();
    } catch (error) {
      await file.truncate(bytes).catch(() => undefined);
      throw error;
    }
  } finally {
    await file.close();
  }
  if (bytes > 0) return;
  const directory = await open(dirname(path), 'r');
  await directory.sync().finally(() => directory.close());
}
