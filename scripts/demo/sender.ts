/** The answer of `POST /v1/usage`. */
export interface IngestAnswer {
  readonly accepted: number;
  readonly duplicate: number;
  readonly rejected: readonly { readonly index: number; readonly code: string; readonly message: string }[];
}

/** Posts events to the exporter at `base` (`http://host:port`). Throws on any answer but a 2xx. */
export async function postEvents(base: string, events: readonly object[]): Promise<IngestAnswer> {
  const response = await fetch(`${base}/v1/usage`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ events }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${base}/v1/usage answered ${response.status}: ${text.slice(0, 300)}`);
  return JSON.parse(text) as IngestAnswer;
}

/** Sum of all samples of one family in an exposition text; 0 when it has none. */
export function sumOfFamily(exposition: string, family: string): number {
  let sum = 0;
  for (const line of exposition.split('\n')) {
    if (line.startsWith(`${family}{`) || line.startsWith(`${family} `))
      sum += Number(line.slice(line.lastIndexOf(' ') + 1));
  }
  return sum;
}

export async function scrape(base: string): Promise<string> {
  const response = await fetch(`${base}/metrics`);
  if (!response.ok) throw new Error(`${base}/metrics answered ${response.status}`);
  return response.text();
}
