import { SLOT } from '../attributes/attribute-keys.ts';
import type { Attributes } from '../attributes/attributes.ts';

/**
 * What a span is to us. `call`: inference that a provider bills. `tool`: what an agent runs in between; inference below
 * it is not part of what is above it. `other`: agents, workflows, retrieval: their usage sums up that of others.
 * `unnamed`: nothing says; its usage counts if it has any.
 */
export type SpanRole = 'call' | 'tool' | 'other' | 'unnamed';

const OPERATIONS = rolesBy({
  call: [
    'chat',
    'generate_content',
    'text_completion',
    'completion',
    'completions',
    'embeddings',
    'embedding',
    'rerank',
    'responses',
    'call_llm',
    'image',
    'image_generation',
    'image_edit',
    'image_variation',
    'audio',
    'speech',
    'text_to_speech',
    'transcription',
    'speech_to_text',
    'ai.generateSpeech',
    'ai.transcribe',
    'ai.streamTranscribe',
  ],
  tool: ['execute_tool', 'mcp_tool_call'],
  other: [
    'create_agent',
    'invoke_agent',
    'invoke_workflow',
    'agent_step',
    'execute_task',
    'plan',
    'retrieval',
    'retrieve',
    'fetch_response',
    'vectordb',
  ],
});
const REQUEST_TYPES = rolesBy({
  call: ['chat', 'completion', 'embedding', 'rerank', 'image_generation', 'image_edit', 'image_variation'],
});
const SPAN_KINDS = rolesBy({
  call: ['LLM', 'EMBEDDING', 'RERANKER'],
  tool: ['TOOL', 'tool'],
  other: [
    'AGENT',
    'CHAIN',
    'RETRIEVER',
    'GUARDRAIL',
    'EVALUATOR',
    'PROMPT',
    'workflow',
    'task',
    'agent',
    'session',
  ],
});

/** The Vercel AI SDK's spans for one request to a provider; all of its other ones are around them. */
const AI_CALL = /\.do[A-Z][A-Za-z]*$|^ai\.(generateSpeech|transcribe|streamTranscribe)$/;
const MEMORY = /memory/;

/** What the attributes say of the span. One that says that it is no call is believed before one that says it is. */
export function roleOf(attributes: Attributes): SpanRole {
  let isCall = false;
  const operation = attributes.text(SLOT.operation);
  const aiOperation = attributes.text(SLOT.aiOperation);
  const spanKind = attributes.text(SLOT.spanKind);
  const requestType = attributes.text(SLOT.requestType);
  if (operation !== '') {
    const role = OPERATIONS.get(operation) ?? (MEMORY.test(operation) ? 'other' : 'unnamed');
    if (role === 'tool' || role === 'other') return role;
    isCall = role === 'call';
  }
  if (aiOperation !== '') {
    if (aiOperation === 'ai.toolCall') return 'tool';
    if (!AI_CALL.test(aiOperation)) return 'other';
    isCall = true;
  }
  if (spanKind !== '') {
    const role = SPAN_KINDS.get(spanKind) ?? 'unnamed';
    if (role === 'tool' || role === 'other') return role;
    isCall ||= role === 'call';
  }
  return isCall || REQUEST_TYPES.get(requestType) === 'call' ? 'call' : 'unnamed';
}

/** OpenTelemetry's name of the operation; empty if nothing says. */
export function operationOf(attributes: Attributes): string {
  const operation = attributes.text(SLOT.operation);
  if (operation !== '') return operation;
  const named =
    attributes.text(SLOT.aiOperation) || attributes.text(SLOT.spanKind) || attributes.text(SLOT.requestType);
  if (named === '') return '';
  if (/embed/i.test(named)) return 'embeddings';
  if (/rerank/i.test(named)) return 'rerank';
  if (named === 'completion') return 'text_completion';
  return named.startsWith('image_') ? named : 'chat';
}

function rolesBy(roles: Partial<Record<SpanRole, readonly string[]>>): ReadonlyMap<string, SpanRole> {
  return new Map(
    Object.entries(roles).flatMap(([role, names]) => names.map((name) => [name, role as SpanRole] as const)),
  );
}
