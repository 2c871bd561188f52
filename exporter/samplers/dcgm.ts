import type { Ports } from '../domain/ports.ts';
import { HolderMemory } from './dcgm/holder-memory.ts';
import { DCGM_NAMES, readGpus } from './dcgm/read-gpus.ts';
import type { Sampler } from './sampler.ts';
import { scrapeTarget } from './scrape-target.ts';

export interface DcgmTarget {
  readonly url: string;
  readonly name: string;
  readonly tenantFromNamespace: boolean;
  readonly monotonic: Ports['monotonic'];
}

/** GPUs as a dcgm-exporter shows them, with the pods that hold them where it runs in Kubernetes. */
export function createDcgmSampler({ url, name, tenantFromNamespace, monotonic }: DcgmTarget): Sampler {
  const memory = new HolderMemory();
  return {
    id: `dcgm:${name}`,
    async sample(signal) {
      const samples = await scrapeTarget({ url, wanted: DCGM_NAMES, prefix: /^DCGM_FI_/m }, signal);
      const nowMs = monotonic();
      memory.forgetOlder(nowMs);
      const gpus = readGpus(samples, (device, holders) => memory.recall(device, holders, nowMs));
      if (gpus.length === 0) throw new Error(`${name}: no line with the labels gpu and UUID`);
      return { kind: 'reading', reading: { kind: 'gpu', gpus, tenantFromNamespace } };
    },
  };
}
