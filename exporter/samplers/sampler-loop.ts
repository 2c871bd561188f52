import type { Reading, SamplerState } from '../domain/reading.ts';
import type { Sample, Sampler } from './sampler.ts';
import type { SamplingOptions } from './sampling.ts';

/** A device that is not there is looked for again after this time only: it rarely comes. */
const ABSENT_RETRY_MS = 600_000;

/** A sampler that is silent for longer than this has a gap: nobody knows what was in between. */
export function gapSeconds({
  intervalSeconds,
  timeoutSeconds,
}: Pick<SamplingOptions, 'intervalSeconds' | 'timeoutSeconds'>): number {
  return 2 * intervalSeconds + timeoutSeconds;
}

/** One sampler's life: at most one sample at a time, a deadline for each, and what came of the last. */
export class SamplerLoop {
  #state: SamplerState = { state: 'starting' };
  readonly #sampler: Sampler;
  readonly #options: Required<SamplingOptions>;
  #running: Promise<void> | undefined;
  /** True until the sampler's own promise has settled, which may be long after the deadline. */
  #busy = false;
  #stopped = false;
  #cancelNext = () => {};
  #abort = new AbortController();
  #lastSuccessMs: number | undefined;
  /** Monotonic time up to which `onReading` has been told about. */
  #deliveredMs: number | undefined;

  constructor(sampler: Sampler, options: Required<SamplingOptions>) {
    this.#sampler = sampler;
    this.#options = options;
  }

  get id(): string {
    return this.#sampler.id;
  }

  get state(): SamplerState {
    return this.#state;
  }

  start(): void {
    this.#schedule(0);
  }

  sample(): Promise<void> {
    this.#running ??= this.#sampleOnce().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelNext();
    this.#abort.abort(new Error('stopped'));
    await this.#running;
  }

  #schedule(delayMs: number): void {
    if (this.#stopped) return;
    const { setTimer, ports, intervalSeconds } = this.#options;
    this.#cancelNext = setTimer(async () => {
      const startedMs = ports.monotonic();
      await this.sample();
      const untilNextMs = startedMs + intervalSeconds * 1000 - ports.monotonic();
      this.#schedule(this.#state.state === 'absent' ? ABSENT_RETRY_MS : Math.max(0, untilNextMs));
    }, delayMs);
  }

  async #sampleOnce(): Promise<void> {
    if (this.#stopped) return;
    const { monotonic, now } = this.#options.ports;
    const startedMs = monotonic();
    try {
      const sample = await this.#ask();
      if (this.#stopped) return;
      if (sample.kind === 'absent') {
        this.#enter({ state: 'absent', reason: sample.reason });
        return;
      }
      const atMs = now();
      this.#lastSuccessMs = atMs;
      this.#enter({ state: 'up', reading: sample.reading, atMs, durationMs: monotonic() - startedMs });
      this.#deliver(sample.reading);
    } catch (error) {
      if (this.#stopped) return;
      this.#enter({
        state: 'down',
        error: messageOf(error),
        durationMs: monotonic() - startedMs,
        ...(this.#lastSuccessMs !== undefined && { lastSuccessMs: this.#lastSuccessMs }),
      });
    }
  }

  /** The sampler's answer, or a rejection at the deadline whether it heeds the signal or not. */
  async #ask(): Promise<Sample> {
    if (this.#busy) throw new Error('the previous sample has not ended yet');
    const { setTimer, timeoutSeconds } = this.#options;
    const abort = new AbortController();
    this.#abort = abort;
    const cancelDeadline = setTimer(
      () => abort.abort(new Error(`no answer within ${timeoutSeconds} s`)),
      timeoutSeconds * 1000,
    );
    const aborted = new Promise<never>((_, reject) => {
      abort.signal.addEventListener('abort', () => reject(abort.signal.reason), { once: true });
    });
    try {
      return await Promise.race([this.#work(abort.signal), aborted]);
    } finally {
      cancelDeadline();
    }
  }

  async #work(signal: AbortSignal): Promise<Sample> {
    this.#busy = true;
    try {
      return await this.#sampler.sample(signal);
    } finally {
      this.#busy = false;
    }
  }

  #deliver(reading: Reading): void {
    const { onReading, ports } = this.#options;
    const atMs = ports.monotonic();
    const elapsedSeconds = this.#deliveredMs === undefined ? undefined : (atMs - this.#deliveredMs) / 1000;
    const isGap = elapsedSeconds === undefined || elapsedSeconds > gapSeconds(this.#options);
    try {
      onReading(reading, isGap ? undefined : elapsedSeconds, this.id);
      this.#deliveredMs = atMs;
    } catch (error) {
      ports.log.error('a reading was not taken in', { sampler: this.id, error: messageOf(error) });
    }
  }

  /** Logged once per change of state, and not when all is well from the start. */
  #enter(next: SamplerState): void {
    const before = this.#state.state;
    this.#state = next;
    if (before === next.state || (before === 'starting' && next.state === 'up')) return;
    const { log } = this.#options.ports;
    if (next.state === 'down') log.warn('sampler is down', { sampler: this.id, error: next.error });
    else if (next.state === 'up') log.info('sampler is up again', { sampler: this.id });
    else if (next.state === 'absent') {
      log.info('sampler has nothing to sample', { sampler: this.id, reason: next.reason });
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
