import { type BenchContext, measureIn } from './bench-context.ts';
import { longestBlockMs, peakRssBytes, startExporter, stopServer } from './exporter-process.ts';
import { createHttpClient, postEvents } from './http-client.ts';
import { count, megabytes, ms, type Row, times } from './report.ts';
import type { EncodeResult } from './scrape-encode.ts';
import type { PromClientResult } from './scrape-prom-client.ts';
import type { Section } from './section.ts';
import { largest, median } from './statistics.ts';
import { bodiesOfAllVariants, createUsage } from './usage-workload.ts';

const SERIES = 100_000;
const RATIO_TARGET = 1 / 15;
const BLOCK_TARGET_MS = 5;
/** Tokens and cost of three token types and requests, and the cost of the month once for five features. */
const SERIES_PER_SET = 7.2;

export const scrapeSection: Section = {
  name: 'scrape',
  title: 'Scrape',
  async run(context) {
    const encode = await encodeRows(context);
    const http = await httpRows(context, SERIES, context.quick ? 5 : 15);
    if (context.quick) return [...encode, ...http];
    return [...encode, ...http, ...(await millionRows(context)), ...(await httpRows(context, 1_000_000, 3))];
  },
};

/** Our encoder against `registry.metrics()`, each in fresh processes that take turns. */
async function encodeRows(context: BenchContext): Promise<Row[]> {
  const ours: EncodeResult[] = [];
  const proms: PromClientResult[] = [];
  const processes = context.quick ? 2 : 4;
  for (let i = 0; i < processes; i++) {
    context.progress.show(`scrape: process ${i + 1} of ${processes}`);
    ours.push(await measureIn(context, 'scrape-encode.ts', { series: SERIES, rounds: 11 }));
    proms.push(await measureIn(context, 'scrape-prom-client.ts', { series: SERIES, rounds: 3 }));
  }
  for (const [i, own] of ours.entries()) {
    if (own.check.lines !== SERIES || own.check.sum !== proms[i]?.check.sum) {
      throw new Error(`the two expositions differ: ${JSON.stringify([own.check, proms[i]?.check])}`);
    }
  }
  const compared = (what: string, own: number, prom: number): Row => ({
    measure: `scrape of ${count(SERIES)} series, ${what}`,
    ours: ms(own),
    against: `prom-client ${ms(prom)}`,
    ratio: times(own / prom),
    target: '≤ 1/15',
    met: own / prom <= RATIO_TARGET,
  });
  const steadyTurns = ours.flatMap(({ turnMs }) => turnMs);
  const promMs = median(proms.flatMap(({ steadyMs }) => steadyMs));
  return [
    compared('steady', median(ours.flatMap(({ steadyMs }) => steadyMs)), promMs),
    compared(
      'first of the process',
      median(ours.map(({ firstMs }) => firstMs)),
      median(proms.map(({ firstMs }) => firstMs)),
    ),
    block(`encoding ${count(SERIES)} series, steady`, steadyTurns, promMs),
    block(
      `encoding ${count(SERIES)} series, first of the process`,
      ours.map(({ firstTurnMs }) => firstTurnMs),
      promMs,
    ),
  ];
}

function block(what: string, longest: readonly number[], promMs?: number): Row {
  return {
    measure: `longest event-loop block ${what}`,
    ours: `${ms(median(longest))} (worst of ${longest.length}: ${ms(largest(longest))})`,
    against: promMs === undefined ? '' : `prom-client ${ms(promMs)}`,
    ratio: promMs === undefined ? '' : times(median(longest) / promMs),
    target: `≤ ${BLOCK_TARGET_MS} ms`,
    met: median(longest) <= BLOCK_TARGET_MS,
  };
}

/** Whole requests to the real exporter, with the event loop watched from inside. */
async function httpRows(context: BenchContext, series: number, rounds: number): Promise<Row[]> {
  const sets = Math.ceil(series / SERIES_PER_SET);
  const exporter = await startExporter(context, {
    dataDir: `${context.dir}/scrape-${series}`,
    labelSets: sets + 1000,
    probed: true,
  });
  const client = createHttpClient(1);
  for (const { body, events } of bodiesOfAllVariants(createUsage(5), sets, Date.now())) {
    context.progress.show(`scrape: filling ${count(series)} series`);
    await postEvents(client, exporter.url, body, events.length);
  }
  const rows: Row[] = [];
  const scrape = (encoding: string) =>
    client.send('GET', `${exporter.url}/metrics`, { 'Accept-Encoding': encoding });
  await longestBlockMs(exporter);
  const first = await scrape('identity');
  const firstBlock = await longestBlockMs(exporter);
  for (const encoding of ['identity', 'gzip']) {
    const answers: number[] = [];
    const blocks: number[] = [];
    let bytes = 0;
    for (let i = 0; i < rounds; i++) {
      context.progress.show(`scrape: ${encoding}, ${i + 1} of ${rounds}`);
      const answer = await scrape(encoding);
      answers.push(answer.totalMs);
      bytes = answer.bytes;
      blocks.push(await longestBlockMs(exporter));
    }
    const name = `${count(series)} series, ${encoding === 'gzip' ? 'gzip' : 'plain'}`;
    rows.push({
      measure: `whole request, ${name}`,
      ours: `${ms(median(answers))}, ${megabytes(bytes)}`,
      against: encoding === 'gzip' ? '' : `first scrape ${ms(first.totalMs)}`,
      ratio: '',
      target: '',
    });
    rows.push(block(`in the exporter, ${name}`, blocks));
  }
  rows.push(block(`in the exporter, ${count(series)} series, first scrape`, [firstBlock]));
  rows.push({
    measure: `peak memory of the exporter, ${count(series)} series`,
    ours: megabytes(peakRssBytes(exporter.child.pid)),
    against: '',
    ratio: '',
    target: '',
  });
  client.close();
  await stopServer(exporter);
  return rows;
}

async function millionRows(context: BenchContext): Promise<Row[]> {
  context.progress.show('scrape: 1,000,000 series');
  const own = await measureIn<EncodeResult>(context, 'scrape-encode.ts', { series: 1_000_000, rounds: 5 });
  return [
    {
      measure: 'scrape of 1,000,000 series, steady',
      ours: `${ms(median(own.steadyMs))}, ${megabytes(own.bytes)}`,
      against: `first ${ms(own.firstMs)}, peak memory ${megabytes(own.peakRssBytes)}`,
      ratio: '',
      target: 'works',
      met: own.check.lines === 1_000_000,
    },
    block('encoding 1,000,000 series, steady', own.turnMs),
  ];
}
