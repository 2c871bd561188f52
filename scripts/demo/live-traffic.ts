import { setTimeout as delay } from 'node:timers/promises';
import type { Child } from './children.ts';
import type { Progress } from './progress.ts';
import { postEvents, scrape, sumOfFamily } from './sender.ts';
import type { Traffic } from './traffic.ts';

export interface LiveTraffic {
  readonly base: string;
  readonly traffic: Traffic;
  readonly callsPerSecond: number;
  /** The traffic ends with an error when one of these ends. */
  readonly children: readonly Child[];
  readonly seconds: number;
  readonly stop: AbortSignal;
  readonly alertsReceived: () => number;
  readonly progress: Progress;
}

const RUNAWAY_AFTER_SECONDS = 45;
const RUNAWAY_CALLS_PER_SECOND = 12;
/** The agent is stopped when it has spent the rest of the organisation's budget and a little more. */
const RUNAWAY_UNTIL_RATIO = 1.03;

/** Posts traffic once a second; returns the number of calls when the time is over or `stop` aborts. */
export async function runLiveTraffic(live: LiveTraffic): Promise<number> {
  const { base, traffic, progress } = live;
  const startMs = Date.now();
  let sent = 0;
  let lastMs = startMs;
  let agent: 'well' | 'runaway' | 'stopped' = 'well';

  while (!live.stop.aborted) {
    const now = Date.now();
    const second = (now - startMs) / 1000;
    if (second >= live.seconds) break;
    for (const child of live.children) {
      if (!child.isRunning()) throw new Error(`${child.name} ended:\n${child.outputTail().slice(-2000)}`);
    }

    const exposition = await scrape(base);
    const ratio = organizationRatio(exposition);
    if (agent === 'well' && second >= RUNAWAY_AFTER_SECONDS) {
      agent = 'runaway';
      progress.say('--- an agent of hooli gets into a loop, with 150,000 tokens in every prompt');
    } else if (agent === 'runaway' && ratio > RUNAWAY_UNTIL_RATIO) {
      agent = 'stopped';
      progress.say('--- hooli has stopped the agent');
    }

    const elapsedSeconds = (now - lastMs) / 1000;
    const events = [
      ...traffic.ordinary(Math.round(elapsedSeconds * live.callsPerSecond), lastMs, now),
      ...traffic.runaway(agent === 'runaway' ? RUNAWAY_CALLS_PER_SECOND : 0, lastMs, now),
    ];
    if (events.length > 0) await postEvents(base, events);
    sent += events.length;
    lastMs = now;

    progress.show(
      `${clock(second)}  ${sent} live calls  $${sumOfFamily(exposition, 'llm_cost_total').toFixed(2)} so far  ` +
        `${(ratio * 100).toFixed(1)} % of the budget  ${live.alertsReceived()} alert messages`,
    );
    await delay(1000, undefined, { signal: live.stop }).catch(() => {});
  }
  return sent;
}

function organizationRatio(exposition: string): number {
  const line = exposition
    .split('\n')
    .find((text) => text.startsWith('llm_budget_used_ratio{') && text.includes('scope="organization"'));
  return Number(line?.slice(line.lastIndexOf(' ') + 1));
}

const clock = (second: number) =>
  `${Math.floor(second / 60)}:${String(Math.floor(second % 60)).padStart(2, '0')}`;
