interface Watch {
  /** Since when the source has seen the GPU without a gap. */
  readonly sinceMs: number;
  readonly lastMs: number;
}

interface WatchedGpu {
  readonly watches: Map<string, Watch>;
  /** The time up to which the GPU was given out. */
  givenMs: number;
}

/**
 * Gives each second of a GPU out once, however many samplers see it: to the first of `order` that does. When that one
 * has been silent for a gap the next takes over, from where the first stopped. Times are monotonic.
 */
export class GpuTime {
  readonly #order: readonly string[];
  readonly #gapMs: number;
  readonly #gpus = new Map<string, WatchedGpu>();

  constructor(order: readonly string[], gapSeconds: number) {
    this.#order = order;
    this.#gapMs = gapSeconds * 1000;
  }

  /** Seconds to charge by UUID; those without any are not in it. `elapsedSeconds` is undefined after a gap. */
  take(
    samplerId: string,
    uuids: readonly string[],
    elapsedSeconds: number | undefined,
    nowMs: number,
  ): ReadonlyMap<string, number> {
    this.#forget(nowMs);
    const seconds = new Map<string, number>();
    for (const uuid of new Set(uuids)) {
      const gpu = this.#gpus.get(uuid) ?? { watches: new Map(), givenMs: Number.NEGATIVE_INFINITY };
      this.#gpus.set(uuid, gpu);
      const before = elapsedSeconds === undefined ? undefined : gpu.watches.get(samplerId);
      const sinceMs = before?.sinceMs ?? nowMs - (elapsedSeconds ?? 0) * 1000;
      gpu.watches.set(samplerId, { sinceMs, lastMs: nowMs });
      if (elapsedSeconds === undefined || this.#firstOf(gpu.watches) !== samplerId) continue;
      const watchedMs = Math.min(...[...gpu.watches.values()].map((watch) => watch.sinceMs));
      const fromMs = Math.max(watchedMs, gpu.givenMs);
      gpu.givenMs = nowMs;
      if (nowMs > fromMs) seconds.set(uuid, (nowMs - fromMs) / 1000);
    }
    return seconds;
  }

  #firstOf(watches: ReadonlyMap<string, Watch>): string | undefined {
    return this.#order.find((id) => watches.has(id));
  }

  #forget(nowMs: number): void {
    for (const [uuid, { watches }] of this.#gpus) {
      for (const [id, { lastMs }] of watches) {
        if (nowMs - lastMs > this.#gapMs) watches.delete(id);
      }
      if (watches.size === 0) this.#gpus.delete(uuid);
    }
  }
}
