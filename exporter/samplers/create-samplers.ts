import type { Ports } from '../domain/ports.ts';
import type { EngineName } from '../domain/reading.ts';
import { createDcgmSampler } from './dcgm.ts';
import { createEngineSampler } from './engine.ts';
import { createHostSampler } from './host.ts';
import { createNvidiaSmiSampler } from './nvidia-smi.ts';
import type { Sampler } from './sampler.ts';

/** The sections `samplers`, `engines` and `dcgm` of the configuration. */
export interface SamplerSettings {
  readonly samplers: { readonly host: boolean; readonly gpu: boolean; readonly nvidia_smi: string };
  readonly engines: readonly {
    readonly engine: EngineName;
    readonly url: string;
    readonly name: string;
    readonly model: string;
  }[];
  readonly dcgm: readonly {
    readonly url: string;
    readonly name: string;
    readonly tenant_from: 'namespace' | 'none';
  }[];
}

/** In the order in which they are believed where several see the same GPU: dcgm-exporter knows who has it. */
export function createSamplers(
  { samplers, engines, dcgm }: SamplerSettings,
  { log, monotonic }: Ports,
): Sampler[] {
  return [
    ...(samplers.host ? [createHostSampler()] : []),
    ...dcgm.map(({ url, name, tenant_from }) =>
      createDcgmSampler({ url, name, tenantFromNamespace: tenant_from === 'namespace', monotonic }),
    ),
    ...(samplers.gpu ? [createNvidiaSmiSampler({ program: samplers.nvidia_smi, log })] : []),
    ...engines.map(createEngineSampler),
  ];
}
