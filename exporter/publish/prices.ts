import { fixedBlock, type SampleBlock } from '../domain/samples.ts';

export interface PriceTable {
  readonly source: string;
  readonly version: string;
  /** When it was made, milliseconds since the epoch; absent where nobody knows. */
  readonly madeMs?: number;
}

export function priceTableBlocks(tables: readonly PriceTable[]): SampleBlock[] {
  return [
    fixedBlock(
      'llm_price_table_info',
      tables.map(({ source, version }) => [[source, version], 1]),
    ),
    fixedBlock(
      'llm_price_table_timestamp_seconds',
      tables.flatMap(({ source, version, madeMs }) =>
        madeMs === undefined ? [] : [[[source, version], madeMs / 1000] as const],
      ),
    ),
  ];
}
