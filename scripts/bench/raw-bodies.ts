/** Bodies as providers send them, with an answer of `words` words. */
export interface RawBody {
  readonly name: string;
  readonly source: 'provider_response' | 'provider_stream' | 'provider_batch';
  readonly provider: string;
  readonly contentType: string;
  readonly text: string;
}

const CREATED = 1_795_255_140;
const WORDS = 250;
const CHUNKS = 200;
const BATCH_LINES = 1000;

const answer = Array.from({ length: WORDS }, (_, i) => `word${i % 89}`).join(' ');

function chat(n: number) {
  return {
    id: `chatcmpl-${String(n).padStart(24, '0')}`,
    object: 'chat.completion',
    created: CREATED,
    model: 'gpt-4o-2024-08-06',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: answer, refusal: null, annotations: [] },
        logprobs: null,
        finish_reason: 'stop',
      },
    ],
    usage: {
      prompt_tokens: 1200,
      completion_tokens: 300,
      total_tokens: 1500,
      prompt_tokens_details: { cached_tokens: 1000, audio_tokens: 0 },
      completion_tokens_details: {
        reasoning_tokens: 0,
        audio_tokens: 0,
        accepted_prediction_tokens: 0,
        rejected_prediction_tokens: 0,
      },
    },
    service_tier: 'default',
    system_fingerprint: 'fp_0123456789',
  };
}

const responses = {
  id: 'resp_0123456789abcdef0123456789',
  object: 'response',
  created_at: CREATED,
  status: 'completed',
  error: null,
  incomplete_details: null,
  model: 'gpt-5-2025-08-07',
  output: [
    {
      type: 'message',
      id: 'msg_0123456789',
      status: 'completed',
      role: 'assistant',
      content: [{ type: 'output_text', text: answer, annotations: [] }],
    },
  ],
  parallel_tool_calls: true,
  reasoning: { effort: 'medium', summary: null },
  service_tier: 'default',
  store: true,
  temperature: 1,
  text: { format: { type: 'text' } },
  tool_choice: 'auto',
  tools: [],
  top_p: 1,
  truncation: 'disabled',
  usage: {
    input_tokens: 328,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: 352,
    output_tokens_details: { reasoning_tokens: 64 },
    total_tokens: 680,
  },
  user: null,
  metadata: {},
};

const messages = {
  id: 'msg_0123456789abcdef01234567',
  type: 'message',
  role: 'assistant',
  model: 'claude-sonnet-4-5-20250929',
  content: [{ type: 'text', text: answer }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: {
    input_tokens: 100,
    cache_creation_input_tokens: 300,
    cache_read_input_tokens: 6000,
    cache_creation: { ephemeral_5m_input_tokens: 200, ephemeral_1h_input_tokens: 100 },
    output_tokens: 500,
    service_tier: 'standard',
    inference_geo: 'not_available',
  },
};

const generateContent = {
  candidates: [
    {
      content: { parts: [{ text: answer }], role: 'model' },
      finishReason: 'STOP',
      index: 0,
      avgLogprobs: -0.2,
    },
  ],
  usageMetadata: {
    promptTokenCount: 1000,
    candidatesTokenCount: 300,
    totalTokenCount: 1400,
    thoughtsTokenCount: 100,
    promptTokensDetails: [{ modality: 'TEXT', tokenCount: 1000 }],
    candidatesTokensDetails: [{ modality: 'TEXT', tokenCount: 300 }],
  },
  modelVersion: 'gemini-2.5-flash',
  responseId: 'Zk1aAJ_tMpWxvdIP5b6n2Q4',
};

const converse = {
  output: { message: { role: 'assistant', content: [{ text: answer }] } },
  stopReason: 'end_turn',
  usage: { inputTokens: 1000, cacheReadInputTokens: 200, outputTokens: 300, totalTokens: 1500 },
  metrics: { latencyMs: 1234 },
};

function transcript(): string {
  const { choices: _choices, usage, ...fields } = chat(1);
  const chunk = (delta: object, finish_reason: string | null) => ({
    ...fields,
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta, logprobs: null, finish_reason }],
    usage: null,
  });
  const events = [
    ...Array.from({ length: CHUNKS - 2 }, (_, i) => chunk({ content: `word${i} ` }, null)),
    chunk({}, 'stop'),
    { ...chunk({}, null), choices: [], usage },
  ];
  return `${events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('')}data: [DONE]\n\n`;
}

function batch(): string {
  return Array.from({ length: BATCH_LINES }, (_, n) =>
    JSON.stringify({
      id: `batch_req_${n}`,
      custom_id: `request-${n}`,
      response: { status_code: 200, request_id: `req_${n}`, body: chat(n) },
      error: null,
    }),
  ).join('\n');
}

const response = (name: string, provider: string, body: object): RawBody => ({
  name: `raw body, ${name}`,
  source: 'provider_response',
  provider,
  contentType: 'application/json',
  text: JSON.stringify(body),
});

export const RAW_BODIES: readonly RawBody[] = [
  response('OpenAI chat', 'openai', chat(1)),
  response('OpenAI responses', 'openai', responses),
  response('Anthropic messages', 'anthropic', messages),
  response('Gemini generateContent', 'google', generateContent),
  response('Bedrock Converse', 'aws', converse),
  {
    name: `stream of ${CHUNKS} chunks, OpenAI chat`,
    source: 'provider_stream',
    provider: 'openai',
    contentType: 'text/event-stream',
    text: transcript(),
  },
  {
    name: `batch results, ${BATCH_LINES} lines of OpenAI chat`,
    source: 'provider_batch',
    provider: 'openai',
    contentType: 'application/jsonl',
    text: batch(),
  },
];

/** The JSON of a body by itself, which is what there is to parse in any case. */
export function documentsOf({ source, text }: RawBody): readonly string[] {
  if (source === 'provider_response') return [text];
  return text
    .split('\n')
    .map((line) => line.replace(/^data: /, ''))
    .filter((line) => line.startsWith('{'));
}
