import { accessSync, constants } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import type { Child } from '../demo/children.ts';
import { waitUntil } from '../demo/wait-until.ts';
import { type BenchContext, measureIn } from './bench-context.ts';
import { listeningAt, startExporter, stopServer } from './exporter-process.ts';
import type { MeasurePeersInput, Peer, PeerFigures } from './measure-peers.ts';
import { count, megabytes, ms, type Row, times } from './report.ts';
import type { Section } from './section.ts';
import { median } from './statistics.ts';

/** 7.2 series each: 100,000. */
const SETS = 13_900;

interface StartedPeer {
  readonly child: Child;
  readonly peer: Peer;
}

/** What else one could run: the same usage in, the same series out. */
export const peersSection: Section = {
  name: 'peers',
  title: 'Peers',
  async run(context) {
    const ours = await startExporter(context, { dataDir: `${context.dir}/peers` });
    const promClient = context.children.start('prom-client', process.execPath, [
      join(import.meta.dirname, 'serve-prom-client.ts'),
    ]);
    const started: StartedPeer[] = [
      { child: ours.child, peer: { name: 'ours', url: ours.url, takes: 'usage' } },
      {
        child: promClient,
        peer: { name: 'prom-client', url: await listeningAt(promClient, /address=(\S+)/), takes: 'usage' },
      },
      ...(await pushgateway(context)),
      ...(await statsdExporter(context)),
    ];
    const peers = started.map(({ peer }) => peer);
    context.progress.show(`peers: ${peers.map(({ name }) => name).join(', ')}`);
    const input: MeasurePeersInput = { peers, sets: SETS, rounds: context.quick ? 1 : 4 };
    const figures = await measureIn<Record<string, PeerFigures>>(context, 'measure-peers.ts', input);
    await Promise.all(started.map(({ child, peer }) => stopServer({ child, url: peer.url })));
    const own = figures.ours!;
    return Object.entries(figures)
      .filter(([name]) => name !== 'ours')
      .flatMap(([name, theirs]) => [
        scrapeRow(`scrape, plain, against ${name}`, name, own, theirs, ({ plainMs }) => plainMs),
        scrapeRow(`scrape, gzip, against ${name}`, name, own, theirs, ({ gzipMs }) => gzipMs),
        ingestRow(name, own, theirs),
      ]);
  },
};

function scrapeRow(
  measure: string,
  name: string,
  own: PeerFigures,
  theirs: PeerFigures,
  figure: (figures: PeerFigures) => readonly number[],
): Row {
  const [a, b] = [median(figure(own)), median(figure(theirs))];
  return {
    measure,
    ours: `${ms(a)} (${megabytes(own.bytes)} plain)`,
    against: `${name} ${ms(b)} (${megabytes(theirs.bytes)} plain)`,
    ratio: times(a / b),
    target: '',
  };
}

function ingestRow(name: string, own: PeerFigures, theirs: PeerFigures): Row {
  const [a, b] = [median(own.eventsPerSecond), median(theirs.eventsPerSecond)];
  return {
    measure: `ingest, 1 connection, against ${name}`,
    ours: `${count(a)} events/s, stored`,
    against: `${name} ${count(b)} events/s, in memory`,
    ratio: `${(a / b).toFixed(2)}× the rate`,
    target: '',
  };
}

async function pushgateway(context: BenchContext): Promise<StartedPeer[]> {
  const program = findProgram(context, ['prometheus-pushgateway', 'pushgateway']);
  if (program === undefined) return [];
  const port = await freePort();
  const child = context.children.start('pushgateway', program, [
    `--web.listen-address=127.0.0.1:${port}`,
    '--persistence.file=',
  ]);
  const url = `http://127.0.0.1:${port}`;
  await answers(url);
  return [{ child, peer: { name: 'pushgateway', url, takes: 'push' } }];
}

async function statsdExporter(context: BenchContext): Promise<StartedPeer[]> {
  const program = findProgram(context, ['prometheus-statsd-exporter', 'statsd_exporter']);
  if (program === undefined) return [];
  const [port, statsdPort] = [await freePort(), await freePort()];
  const child = context.children.start('statsd_exporter', program, [
    `--web.listen-address=127.0.0.1:${port}`,
    `--statsd.listen-tcp=127.0.0.1:${statsdPort}`,
    '--statsd.listen-udp=',
  ]);
  const url = `http://127.0.0.1:${port}`;
  await answers(url);
  return [{ child, peer: { name: 'statsd_exporter', url, takes: 'statsd', statsdPort } }];
}

function findProgram({ progress }: BenchContext, names: readonly string[]): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const found = folders.flatMap((folder) => names.map((name) => join(folder, name))).find(isExecutable);
  if (found === undefined) progress.say(`peers: SKIPPED ${names.at(-1)}: not on PATH`);
  return found;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function answers(url: string): Promise<true> {
  return waitUntil(`${url} to answer`, async () => (await fetch(`${url}/metrics`)).ok || undefined, 20_000);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== 'object' || address === null) throw new Error('no free port');
  return address.port;
}
