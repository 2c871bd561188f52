interface Counts {
  readonly prompt: number;
  readonly cached: number;
  readonly input: number;
}

/**
 * Uncached prompt tokens of each model, from two counters of an engine. It counts one a moment before the other, so an
 * answer in between shows their difference too large and the next one a smaller one, which would read as a counter that
 * was reset: while neither counter went back, the difference does not either.
 */
export class InputTokens {
  #previous = new Map<string, Counts>();
  #current = new Map<string, Counts>();

  /** An answer was read to its end: the next is compared with it. */
  keep(): void {
    this.#previous = this.#current;
    this.#current = new Map();
  }

  /** @throws Error where more was cached than there was. */
  of(model: string, prompt: number, cached: number): number {
    if (cached > prompt) {
      throw new Error(
        `model ${model}: got ${cached} cached of ${prompt} prompt tokens, expected at most all`,
      );
    }
    const before = this.#previous.get(model);
    const goesOn = before !== undefined && prompt >= before.prompt && cached >= before.cached;
    const input = Math.max(prompt - cached, goesOn ? before.input : 0);
    this.#current.set(model, { prompt, cached, input });
    return input;
  }
}
