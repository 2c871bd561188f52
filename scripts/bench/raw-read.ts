import { configSchema } from '../../exporter/config/schema.ts';
import { createSources } from '../../exporter/ingest/index.ts';
import { finish, input } from './bench-context.ts';
import { documentsOf, RAW_BODIES, type RawBody } from './raw-bodies.ts';
import { median } from './statistics.ts';

export interface RawReadInput {
  readonly rounds: number;
  /** Of each side in a round. */
  readonly windowMs: number;
}

/** Medians over the rounds, of one body. */
export interface RawReadResult {
  readonly name: string;
  readonly bytes: number;
  readonly readMs: number;
  readonly parseMs: number;
  readonly ratio: number;
}

const { rounds, windowMs } = input<RawReadInput>();
const { otlp, limits } = configSchema.parse({});
const sources = createSources({
  eventsPerRequest: limits.events_per_request,
  otlp: { ...otlp, eventsPerRequest: limits.events_per_request, startedMs: 0 },
});
const bounds = { nowMs: Date.now(), futureMs: 600_000, retentionMs: 3660 * 86_400_000 };

finish(RAW_BODIES.map(measure));

function measure(raw: RawBody): RawReadResult {
  const body = Buffer.from(raw.text);
  const documents = documentsOf(raw).map((text) => Buffer.from(text));
  const { provider, contentType } = raw;
  const attributes = { tenant_id: 'acme', model: 'the-model' };
  const source = sources.get(raw.source)!;
  const read = () => {
    for (const outcome of source.read({ body, contentType, provider, attributes }, bounds)) {
      if (outcome.kind !== 'event') throw new Error(`${raw.name}: ${JSON.stringify(outcome)}`);
    }
  };
  const parse = () => {
    for (const text of documents) {
      if (JSON.parse(text.toString('utf8')) === null) throw new Error(`${raw.name}: nothing`);
    }
  };
  const reads: number[] = [];
  const parses: number[] = [];
  for (let i = 0; i < 3; i++) time(read);
  time(parse);
  for (let round = 0; round < rounds; round++) {
    reads.push(time(read));
    parses.push(time(parse));
  }
  return {
    name: raw.name,
    bytes: body.length,
    readMs: median(reads),
    parseMs: median(parses),
    ratio: median(reads.map((ms, round) => ms / parses[round]!)),
  };
}

/** Milliseconds of processor time of one run, which others on the machine disturb least. */
function time(run: () => void): number {
  const before = process.cpuUsage();
  let runs = 0;
  let elapsedMs = 0;
  while (elapsedMs < windowMs) {
    for (let i = 0; i < 8; i++) run();
    runs += 8;
    const { user, system } = process.cpuUsage(before);
    elapsedMs = (user + system) / 1000;
  }
  return elapsedMs / runs;
}
