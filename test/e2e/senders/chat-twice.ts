import type { OpenAI } from 'openai';

/** One plain and one streamed chat, the streamed one with its usage asked for. */
export async function chatTwice(openai: OpenAI): Promise<void> {
  const call = { model: 'gpt-4o', messages: [{ role: 'user' as const, content: 'the secret prompt' }] };
  await openai.chat.completions.create(call);
  const stream = await openai.chat.completions.create({
    ...call,
    stream: true,
    stream_options: { include_usage: true },
  });
  for await (const _ of stream);
}
