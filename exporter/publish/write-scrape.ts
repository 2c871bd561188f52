import type { Writable } from 'node:stream';

/**
 * Writes the chunks of `encode` into `sink` (a response, or the gzip stream before it) and returns their total bytes;
 * does not end the sink. Holds at most two chunks: while one is being written the next is made, and an arena is never
 * refilled before the sink is done with it. Rejects as soon as the sink fails or closes early, and then lets go of
 * the chunks.
 */
export async function writeScrape(chunks: AsyncIterable<Buffer>, sink: Writable): Promise<number> {
  const gone = Promise.withResolvers<never>();
  gone.promise.catch(() => {});
  const onClose = () => gone.reject(new Error('the reader of the scrape went away'));
  // A response that lost its socket drops what is written to it and never calls back.
  sink.once('close', onClose);
  sink.once('error', gone.reject);
  try {
    if (sink.destroyed) onClose();
    let bytes = 0;
    let written: Promise<void> = Promise.resolve();
    for await (const chunk of chunks) {
      await Promise.race([gone.promise, written]);
      written = write(sink, chunk);
      written.catch(() => {});
      bytes += chunk.length;
    }
    await Promise.race([gone.promise, written]);
    return bytes;
  } finally {
    sink.off('close', onClose);
    sink.off('error', gone.reject);
  }
}

function write(sink: Writable, chunk: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    sink.write(chunk, (error) => (error ? reject(error) : resolve()));
  });
}
