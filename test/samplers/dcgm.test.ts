import { describe, expect, it } from 'vitest';
import type { GpuReading } from '../../exporter/domain/reading.ts';
import { slicesOf } from '../../exporter/samplers/dcgm/mig-slices.ts';
import { createDcgmSampler } from '../../exporter/samplers/dcgm.ts';
import { exposition, type FakeTarget, fakeTarget } from './fake-target.ts';

const NO_SIGNAL = new AbortController().signal;
const MIB = 1024 ** 2;
const GPU_1 = 'GPU-11111111-1111-1111-1111-111111111111';
const GPU_2 = 'GPU-22222222-2222-2222-2222-222222222222';
const MINUTE_MS = 60_000;

interface Subject {
  readonly target: FakeTarget;
  pass(ms: number): void;
  sample(): Promise<readonly GpuReading[]>;
}

async function subject(text: string): Promise<Subject> {
  const target = await fakeTarget(text);
  let nowMs = 0;
  const sampler = createDcgmSampler({
    url: target.url,
    name: 'node',
    tenantFromNamespace: true,
    monotonic: () => nowMs,
  });
  return {
    target,
    pass: (ms) => {
      nowMs += ms;
    },
    sample: async () => {
      const sample = await sampler.sample(NO_SIGNAL);
      if (sample.kind !== 'reading' || sample.reading.kind !== 'gpu') throw new Error('not of GPUs');
      return sample.reading.gpus;
    },
  };
}

const gpusOf = async (text: string) => (await subject(text)).sample();

describe('createDcgmSampler', () => {
  it('reads whole GPUs and who has them', async () => {
    expect(await gpusOf(exposition('dcgm'))).toEqual([
      {
        gpu: '0',
        uuid: GPU_1,
        model: 'NVIDIA H100 80GB HBM3',
        utilizationPercent: 87.5,
        memoryUtilizationPercent: 89.375,
        memoryUsedBytes: 71_500 * MIB,
        memoryTotalBytes: 80_000 * MIB,
        powerWatts: 612.375,
        temperatureCelsius: 54,
        hostname: 'gpu-node-1',
        holders: [{ namespace: 'search', pod: 'vllm-0', container: 'vllm' }],
      },
      {
        gpu: '1',
        uuid: GPU_2,
        model: 'NVIDIA H100 80GB HBM3',
        utilizationPercent: 0,
        temperatureCelsius: 31,
        hostname: 'gpu-node-1',
        holders: [],
      },
    ]);
  });

  it('reads the label of the host as it was and as it is', async () => {
    const text = exposition('dcgm');
    expect(text).toContain('Hostname="gpu-node-1"');
    const [now, before] = await Promise.all([
      gpusOf(text.replaceAll('Hostname=', 'hostname=')),
      gpusOf(text),
    ]);
    expect(now).toEqual(before);
  });

  it('reads MIG instances, and makes the GPU from them', async () => {
    const instance = { uuid: GPU_1, hostname: 'gpu-a100' };
    expect(await gpusOf(exposition('dcgm-mig'))).toEqual([
      {
        ...instance,
        gpu: '0',
        model: 'NVIDIA A100-SXM4-40GB',
        utilizationPercent: expect.closeTo((70 * 3 + 35) / 7, 9),
        powerWatts: 120,
        holders: [],
      },
      {
        ...instance,
        gpu: '0:2',
        model: 'NVIDIA A100-SXM4-40GB MIG 3g.20gb',
        utilizationPercent: 70,
        memoryUtilizationPercent: 50,
        memoryUsedBytes: 10_000 * MIB,
        memoryTotalBytes: 20_000 * MIB,
        holders: [{ namespace: 'ml', pod: 'train-0', container: 'train' }],
        slices: { held: 3, of: 7 },
      },
      {
        ...instance,
        gpu: '0:7',
        model: 'NVIDIA A100-SXM4-40GB MIG 1g.5gb',
        utilizationPercent: 35,
        memoryUsedBytes: 12 * MIB,
        holders: [{ namespace: 'chat', pod: 'web-0', container: 'web' }],
        slices: { held: 1, of: 7 },
      },
      {
        ...instance,
        gpu: '0:8',
        model: 'NVIDIA A100-SXM4-40GB MIG 1g.5gb',
        utilizationPercent: 0,
        holders: [],
        slices: { held: 1, of: 7 },
      },
    ]);
  });

  it('takes a GPU in MIG mode as it is where there is a line of its own', async () => {
    const own = `DCGM_FI_PROF_GR_ENGINE_ACTIVE{gpu="0",UUID="${GPU_1}",modelName="NVIDIA A100-SXM4-40GB"} 0.4\n`;
    const [gpu, ...instances] = await gpusOf(exposition('dcgm-mig') + own);
    expect([gpu?.utilizationPercent, instances.length]).toEqual([40, 3]);
  });

  it('does not take dcgm-exporter for a holder, of several hosts behind a Prometheus', async () => {
    expect(await gpusOf(exposition('dcgm-federated'))).toEqual([
      {
        gpu: '0',
        uuid: GPU_1,
        model: 'NVIDIA L40S',
        utilizationPercent: 60,
        hostname: 'n1',
        holders: [{ namespace: 'embeddings', pod: 'tei-1', container: 'tei' }],
      },
      { gpu: '0', uuid: GPU_2, model: 'NVIDIA L40S', utilizationPercent: 0, hostname: 'n2', holders: [] },
    ]);
  });

  it.each([
    ['the engine says', 0.5, 90, 50],
    ['the engine is stuck at 0 and the GPU is used', 0, 99, 99],
    ['both say nothing runs', 0, 0, 0],
    ['only the engine says', 0.25, undefined, 25],
    ['only the GPU says', undefined, 12, 12],
    ['the engine says nonsense', 1.5, 12, 12],
    ['both say nonsense', 2, 101, undefined],
  ])('utilisation: %s', async (_, engine, gpu, expected) => {
    const labels = `{gpu="0",UUID="${GPU_1}"}`;
    const text = [
      'DCGM_FI_DEV_GPU_TEMP{gpu="0",UUID="GPU-other"} 1\n',
      engine === undefined ? '' : `DCGM_FI_PROF_GR_ENGINE_ACTIVE${labels} ${engine}\n`,
      gpu === undefined ? '' : `DCGM_FI_DEV_GPU_UTIL${labels} ${gpu}\n`,
    ].join('');
    const [, found] = await gpusOf(text);
    expect(found?.utilizationPercent).toBe(expected);
  });

  it('a GPU that pods share is one GPU with several holders', async () => {
    const line = (pod: string) =>
      `DCGM_FI_DEV_GPU_UTIL{gpu="0",UUID="${GPU_1}",namespace="ml",pod="${pod}",container="c"} 30\n`;
    const [gpu, ...more] = await gpusOf(line('a') + line('b'));
    expect(more).toEqual([]);
    expect(gpu).toMatchObject({ utilizationPercent: 30, holders: [{ pod: 'a' }, { pod: 'b' }] });
  });

  it.each([
    ['missing', (text: string) => text.replaceAll(/,container="[^}]*"(?=})/g, '')],
    ['empty', (text: string) => text.replaceAll(/(container|namespace|pod)="[^"]*"/g, '$1=""')],
  ])('remembers holders whose labels are %s for 5 minutes', async (_, withoutPods) => {
    const { target, pass, sample } = await subject(exposition('dcgm'));
    const holder = { namespace: 'search', pod: 'vllm-0', container: 'vllm' };
    const holders = async () => (await sample()).map((gpu) => gpu.holders);
    expect(await holders()).toEqual([[holder], []]);
    target.say(withoutPods(exposition('dcgm')));
    pass(5 * MINUTE_MS);
    expect(await holders()).toEqual([[holder], []]);
    pass(1);
    expect(await holders()).toEqual([[], []]);
  });

  it('believes a new holder at once', async () => {
    const { target, sample } = await subject(exposition('dcgm'));
    await sample();
    target.say(exposition('dcgm').replaceAll('vllm-0', 'vllm-1'));
    expect((await sample())[0]?.holders).toEqual([{ namespace: 'search', pod: 'vllm-1', container: 'vllm' }]);
  });

  it.each([
    [
      'lines that do not say which GPU',
      'DCGM_FI_DEV_GPU_TEMP{gpu="0"} 30\nDCGM_FI_DEV_GPU_UTIL{UUID="GPU-1"} 3\n',
    ],
    ['an index that is none', 'DCGM_FI_DEV_GPU_TEMP{gpu="0:1",UUID="GPU-1"} 30\n'],
    ['other fields only', 'DCGM_FI_DEV_NVSWITCH_TEMPERATURE_CURRENT{nvswitch="0"} 30\n'],
  ])('is down on %s', async (_, text) => {
    await expect(gpusOf(text)).rejects.toThrow('no line with the labels gpu and UUID');
  });

  it('takes no text for a name that cannot be one', async () => {
    const labels = `gpu="0",UUID="GPU-1",modelName="a\\nb",hostname="${'h'.repeat(257)}",pod="\u0000",namespace="n"`;
    expect(await gpusOf(`DCGM_FI_DEV_GPU_TEMP{${labels}} 30\n`)).toEqual([
      { gpu: '0', uuid: 'GPU-1', model: '', temperatureCelsius: 30, holders: [] },
    ]);
  });
});

describe('slicesOf', () => {
  it.each([
    ['1g.10gb', 'NVIDIA H100 80GB HBM3', { held: 1, of: 7 }],
    ['1g.10gb+me', 'NVIDIA H100 80GB HBM3', { held: 1, of: 7 }],
    ['7g.79gb', 'NVIDIA A100 80GB PCIe', { held: 7, of: 7 }],
    ['1c.3g.40gb', 'NVIDIA H200', { held: 3, of: 7 }],
    ['2g.12gb', 'NVIDIA A30', { held: 2, of: 4 }],
    ['1g.24gb', 'NVIDIA RTX PRO 6000 Blackwell Server Edition', { held: 1, of: 4 }],
    ['0g.5gb', 'NVIDIA A100', undefined],
    ['', 'NVIDIA A100', undefined],
  ])('%s of a %s', (profile, model, expected) => {
    expect(slicesOf(profile, model)).toEqual(expected);
  });
});
