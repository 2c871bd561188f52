/** A sample of an exposition with its value as it is written, digit for digit. */
export interface ExactSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly text: string;
}

export function exactSamples(exposition: string): ExactSample[] {
  return exposition
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, name = '', labels = '', text = ''] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
      if (name === '') throw new Error(`not a sample: ${line}`);
      const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, label = '', value = '']) => [
        label,
        value.replace(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped)),
      ]);
      return { name, labels: Object.fromEntries(pairs) as Record<string, string>, text };
    });
}

/** Decimal dollars as nano-USD, exactly. Throws on what is not a whole number of them. */
export function nanoUsdOf(text: string): bigint {
  const [, sign = '', dollars = '', fraction = ''] = /^(-?)(\d+)(?:\.(\d{1,9}))?$/.exec(text) ?? [];
  if (dollars === '') throw new Error(`not nano-USD: ${text}`);
  const nanoUsd = BigInt(dollars) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0'));
  return sign === '-' ? -nanoUsd : nanoUsd;
}
