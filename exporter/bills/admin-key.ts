import { open } from 'node:fs/promises';
import { BillError } from './bill.ts';

const MAX_BYTES = 4096;

/**
 * The key in the file, without the white space around it. Only visible characters are let through: `fetch` repeats a
 * header that it refuses in its error.
 */
export async function readAdminKey(path: string): Promise<string> {
  const text = await readStart(path).catch((error: NodeJS.ErrnoException) => {
    throw new BillError(`admin_key_file ${path} cannot be read: ${error.code}`);
  });
  const key = text.trim();
  if (key === '') throw new BillError(`admin_key_file ${path} is empty, expected a key`);
  if (text.length > MAX_BYTES || !/^[\x21-\x7e]+$/.test(key)) {
    throw new BillError(`admin_key_file ${path} is no key, expected one line of visible ASCII characters`);
  }
  return key;
}

async function readStart(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MAX_BYTES + 1), 0, MAX_BYTES + 1, 0);
    return buffer.toString('latin1', 0, bytesRead);
  } finally {
    await file.close();
  }
}
