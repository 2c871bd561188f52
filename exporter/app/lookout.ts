/** Looks again and again, one look at a time, from the interval's length after it was made; sooner if asked. */
export class Lookout {
  readonly #look: () => Promise<void>;
  readonly #timer: NodeJS.Timeout;
  #first: NodeJS.Timeout | undefined;
  #isLooking = false;

  /** `look` does not reject. */
  constructor(look: () => Promise<void>, intervalSeconds: number) {
    this.#look = look;
    this.#timer = setInterval(() => void this.#lookUnlessLooking(), intervalSeconds * 1000).unref();
  }

  /** A first look after `delayMs`, once the start is over: it reads much of the ledger. */
  lookIn(delayMs: number): void {
    clearTimeout(this.#first);
    this.#first = setTimeout(() => void this.#lookUnlessLooking(), delayMs).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    clearTimeout(this.#first);
  }

  async #lookUnlessLooking(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    await this.#look();
    this.#isLooking = false;
  }
}
