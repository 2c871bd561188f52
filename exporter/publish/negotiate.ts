/** The formats that we write. */
export type Format = 'text' | 'openmetrics';

export const CONTENT_TYPES: Readonly<Record<Format, string>> = {
  text: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

/**
 * The format for an `Accept` header: the highest q among what we can write, the first named in a tie.
 * A header without one of our formats is answered with text, as Prometheus does, never with 406.
 */
export function formatFor(accept: string | undefined): Format {
  let best: { format: Format; q: number } | undefined;
  for (const choice of choices(accept)) {
    const format = formatOf(choice);
    if (format && choice.q > (best?.q ?? 0)) best = { format, q: choice.q };
  }
  return best?.format ?? 'text';
}

/** Whether an `Accept-Encoding` header lets us answer gzip and does not prefer plain bytes. */
export function acceptsGzip(acceptEncoding: string | undefined): boolean {
  const qOf = new Map(choices(acceptEncoding).map(({ value, q }) => [value, q]));
  const gzip = qOf.get('gzip') ?? qOf.get('x-gzip') ?? qOf.get('*') ?? 0;
  return gzip > 0 && gzip >= (qOf.get('identity') ?? 0);
}

interface Choice {
  /** Lower case, without parameters. */
  readonly value: string;
  readonly q: number;
  readonly version: string | undefined;
}

function formatOf({ value, version }: Choice): Format | undefined {
  switch (value) {
    case 'application/openmetrics-text':
      return version === undefined || version === '1.0.0' ? 'openmetrics' : undefined;
    case 'text/plain':
      return version === undefined || version === '0.0.4' ? 'text' : undefined;
    case 'text/*':
    case '*/*':
      return 'text';
    default:
      return undefined;
  }
}

function choices(header: string | undefined): Choice[] {
  return (header ?? '').split(',').map((part) => {
    const [value = '', ...parameters] = part.split(';').map((piece) => piece.trim().toLowerCase());
    const parameter = (name: string) =>
      parameters
        .map((pair) => pair.split('='))
        .find(([key]) => key?.trim() === name)?.[1]
        ?.trim()
        .replace(/^"(.*)"$/, '$1');
    return { value, q: qValue(parameter('q')), version: parameter('version') };
  });
}

/** 1 when absent; a q that is not a number from 0 to 1 refuses the choice. */
function qValue(text: string | undefined): number {
  if (text === undefined) return 1;
  const q = /^\d(\.\d*)?$/.test(text) ? Number(text) : 0;
  return q <= 1 ? q : 0;
}
