import type { GpuHolder } from '../../domain/reading.ts';

/** dcgm-exporter leaves the labels of a pod out now and then, for some minutes at most. */
const REMEMBERED_MS = 5 * 60_000;

/** The last known holders of each device, so that labels that come and go do not make a pod's GPU time nobody's. */
export class HolderMemory {
  readonly #known = new Map<string, { readonly holders: readonly GpuHolder[]; readonly atMs: number }>();

  /** `holders`, or while there are none those of the last minutes. `nowMs` is on a clock that only goes forward. */
  recall(device: string, holders: readonly GpuHolder[], nowMs: number): readonly GpuHolder[] {
    if (holders.length > 0) {
      this.#known.set(device, { holders, atMs: nowMs });
      return holders;
    }
    return this.#known.get(device)?.holders ?? [];
  }

  /** To be called before the devices of a reading are recalled. */
  forgetOlder(nowMs: number): void {
    for (const [device, { atMs }] of this.#known) {
      if (nowMs - atMs > REMEMBERED_MS) this.#known.delete(device);
    }
  }
}
