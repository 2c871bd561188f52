import type { EngineName } from '../../domain/reading.ts';
import type { EngineMetrics } from './engine-metrics.ts';
import { OLLAMA } from './ollama.ts';
import { SGLANG } from './sglang.ts';
import { TGI } from './tgi.ts';
import { VLLM } from './vllm.ts';

export const ENGINE_METRICS: Readonly<Record<EngineName, EngineMetrics>> = {
  vllm: VLLM,
  sglang: SGLANG,
  tgi: TGI,
  ollama: OLLAMA,
};
