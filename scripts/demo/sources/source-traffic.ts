/** One made-up call; cached tokens are part of the input. */
export interface DemoCall {
  readonly id: string;
  readonly provider: 'openai' | 'anthropic';
  readonly model: string;
  readonly inputTokens: number;
  readonly cachedTokens: number;
  readonly outputTokens: number;
}

/** Sends calls to the exporter in the manner of one source, under a feature of its own. */
export interface SourceTraffic {
  readonly feature: string;
  send(calls: readonly DemoCall[]): Promise<void>;
  close(): Promise<void>;
}

/** Posts a body; throws on any answer but a 2xx. */
export async function post(
  url: string,
  contentType: string,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': contentType, ...headers },
    body,
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text.slice(0, 300)}`);
}
