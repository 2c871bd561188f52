import { once } from 'node:events';
import { connect } from 'node:net';
import { finish, input } from './bench-context.ts';
import { createHttpClient, postEvents } from './http-client.ts';
import { type Sample, samplesOf } from './usage-samples.ts';
import { bodiesOfAllVariants, createUsage, usageBody } from './usage-workload.ts';

export interface Peer {
  readonly name: string;
  readonly url: string;
  /** How usage gets in: JSON bodies of 1,000 events, statsd lines over TCP, or one PUT for each event. */
  readonly takes: 'usage' | 'statsd' | 'push';
  readonly statsdPort?: number;
}

export interface MeasurePeersInput {
  readonly peers: readonly Peer[];
  readonly sets: number;
  readonly rounds: number;
}

export interface PeerFigures {
  readonly eventsPerSecond: number[];
  readonly plainMs: number[];
  readonly gzipMs: number[];
  bytes: number;
}

type Event = ReturnType<ReturnType<typeof createUsage>['event']>;

const BODIES = 20;
const PUTS = 3;

const { peers, sets, rounds } = input<MeasurePeersInput>();
const usage = createUsage(11);
const client = createHttpClient(1);
const figures: Record<string, PeerFigures> = {};
for (const peer of peers) {
  figures[peer.name] = { eventsPerSecond: [], plainMs: [], gzipMs: [], bytes: 0 };
  await fill(peer);
}
for (let round = 0; round < rounds; round++) {
  for (const peer of peers) figures[peer.name]!.eventsPerSecond.push(await ingest(peer));
}
for (let round = 0; round < rounds * 2; round++) {
  for (const { name, url } of peers) {
    const plain = await client.send('GET', `${url}/metrics`, { 'Accept-Encoding': 'identity' });
    const gzip = await client.send('GET', `${url}/metrics`, { 'Accept-Encoding': 'gzip' });
    figures[name]!.plainMs.push(plain.totalMs);
    figures[name]!.gzipMs.push(gzip.totalMs);
    figures[name]!.bytes = plain.bytes;
  }
}
finish(figures);

/** An event of each set. */
async function fill(peer: Peer): Promise<void> {
  const bodies = [...bodiesOfAllVariants(usage, sets, Date.now())];
  const events = bodies.flatMap((each) => each.events);
  if (peer.takes === 'statsd') await sendLines(peer, events);
  else if (peer.takes === 'push') await put(peer, 'all', events.flatMap(samplesOf));
  else for (const each of bodies) await postEvents(client, peer.url, each.body, each.events.length);
}

/** Events per second, all sets among them at random. */
async function ingest(peer: Peer): Promise<number> {
  const bodies = Array.from({ length: BODIES }, () => usageBody(usage, sets, 1000, Date.now()));
  const events = peer.takes === 'push' ? eventsOf(bodies[0]!).slice(0, PUTS) : bodies.flatMap(eventsOf);
  const startedMs = performance.now();
  if (peer.takes === 'usage') for (const body of bodies) await postEvents(client, peer.url, body, 1000);
  else if (peer.takes === 'statsd') await sendLines(peer, events);
  else for (const event of events) await put(peer, event.id, samplesOf(event));
  return events.length / ((performance.now() - startedMs) / 1000);
}

function eventsOf(body: Buffer): Event[] {
  return JSON.parse(body.toString()) as Event[];
}

/** Resolves when the other side has read everything and closed. */
async function sendLines({ statsdPort }: Peer, events: readonly Event[]): Promise<void> {
  const socket = connect(statsdPort ?? 0, '127.0.0.1');
  for (let from = 0; from < events.length; from += 1000) {
    const lines = events
      .slice(from, from + 1000)
      .flatMap(samplesOf)
      .map(statsdLine)
      .join('');
    if (!socket.write(lines)) await once(socket, 'drain');
  }
  socket.end();
  socket.resume();
  await once(socket, 'close');
}

function statsdLine({ family, type, labels, value }: Sample): string {
  const tags = Object.entries(labels).map(([name, text]) => `${name}:${text}`);
  return `${family}:${type === 'gauge' ? '+' : ''}${value}|${type === 'gauge' ? 'g' : 'c'}|#${tags.join(',')}\n`;
}

/** Replaces what the group had: a pushgateway does not add up. */
async function put({ url }: Peer, group: string, samples: readonly Sample[]): Promise<void> {
  const latest = new Map(
    samples.map((sample) => [`${sample.family}${JSON.stringify(sample.labels)}`, sample]),
  );
  let text = '';
  for (const [family, own] of Map.groupBy(latest.values(), (sample) => sample.family)) {
    text += `# TYPE ${family} ${own[0]!.type}\n`;
    for (const { labels, value } of own) {
      const pairs = Object.entries(labels).map(([name, label]) => `${name}="${label}"`);
      text += `${family}{${pairs.join(',')}} ${value}\n`;
    }
  }
  const answer = await client.send('PUT', `${url}/metrics/job/bench/event/${group}`, {}, Buffer.from(text));
  if (answer.status >= 300) throw new Error(`pushgateway answered ${answer.status} ${answer.text}`);
}
