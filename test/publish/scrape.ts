import type { SampleBlock } from '../../exporter/domain/samples.ts';
import type { Family } from '../../exporter/publish/catalogue.ts';
import { encode } from '../../exporter/publish/encoder.ts';
import type { Format } from '../../exporter/publish/negotiate.ts';

/** The whole scrape as text. */
export async function scrape(
  blocks: readonly SampleBlock[],
  format: Format = 'text',
  foreign?: ReadonlyMap<string, Family>,
): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of encode(blocks, format, foreign)) chunks.push(Buffer.from(chunk));
  return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
}
