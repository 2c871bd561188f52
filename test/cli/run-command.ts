import { Writable } from 'node:stream';
import type { Command } from '../../exporter/cli/command.ts';

/** What a command writes to stdout and answers, at a frozen time. Nothing is to be written to stderr, which is no terminal. */
export async function runCommand(
  command: Command,
  args: readonly string[],
  nowMs: number,
): Promise<{ readonly code: number; readonly stdout: string }> {
  const written = { stdout: '', stderr: '' };
  const into = (stream: keyof typeof written) =>
    new Writable({
      write: (chunk, _encoding, done) => {
        written[stream] += String(chunk);
        done();
      },
    });
  const code = await command(args, {
    stdout: into('stdout'),
    stderr: into('stderr'),
    environment: {},
    nowMs,
    monotonic: () => 0,
    stop: new AbortController().signal,
  });
  if (written.stderr !== '') throw new Error(`written to stderr: ${written.stderr}`);
  return { code, stdout: written.stdout };
}
