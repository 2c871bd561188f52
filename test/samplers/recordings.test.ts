import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createNvidiaSmiSampler } from '../../exporter/samplers/nvidia-smi.ts';
import { parseGpuCsv } from '../../exporter/samplers/nvidia-smi-csv.ts';
import { manualTime } from './manual-time.ts';

const RECORDINGS = join(import.meta.dirname, '../../../shared/data/nvidia-smi');
const present = existsSync(RECORDINGS);
if (!present) console.warn('SKIPPED: recordings of real GPUs, ../shared/data/nvidia-smi is absent');

const MIB = 1024 ** 2;

/** What follows the heading of `title`, up to the next heading. */
function sectionOf(recording: string, title: string): string {
  const start = recording.indexOf(`\n# ${title}`);
  expect(start, title).toBeGreaterThan(0);
  const heading = /^#{20,}\n/gm;
  heading.lastIndex = start + 1;
  const bodyStart = heading.exec(recording)!.index + recording.match(/^#{20,}\n/m)![0].length;
  const end = heading.exec(recording)?.index ?? recording.length;
  return recording.slice(bodyStart, end);
}

async function sampleRecording(recording: string, phase: 'idle' | 'load') {
  const answers: Record<string, string> = {
    '-L': sectionOf(recording, 'capabilities :: list (-L)'),
    '-q': sectionOf(recording, `${phase} :: query (-q)`),
  };
  const query = sectionOf(recording, `${phase} :: query-gpu (csv`);
  const { ports, logged } = manualTime();
  const sampler = createNvidiaSmiSampler({
    program: 'nvidia-smi',
    log: ports.log,
    run: async (_, args) => ({ exitCode: 0, stdout: answers[args[0]!] ?? query, stderr: '' }),
  });
  const sample = await sampler.sample(new AbortController().signal);
  expect(logged).toEqual([]);
  if (sample.kind !== 'reading' || sample.reading.kind !== 'gpu') throw new Error('no GPU reading');
  return sample.reading.gpus;
}

function recordingOf(model: string): string {
  const file = readdirSync(RECORDINGS).find((name) => name.includes(model));
  return readFileSync(join(RECORDINGS, file!), 'utf8');
}

describe.runIf(present)('recordings of real GPUs', () => {
  it('have the columns that we ask for', () => {
    for (const file of readdirSync(RECORDINGS)) {
      const recording = readFileSync(join(RECORDINGS, file), 'utf8');
      for (const phase of ['idle', 'load']) {
        const { gpus, unidentified } = parseGpuCsv(sectionOf(recording, `${phase} :: query-gpu (csv`));
        expect(gpus, file).toHaveLength(1);
        expect(unidentified, file).toEqual([]);
      }
    }
  });

  it('RTX 4080 Super', async () => {
    expect(await sampleRecording(recordingOf('4080'), 'load')).toEqual([
      {
        gpu: '0',
        uuid: 'GPU-00000000-0000-0000-0000-000000000000',
        model: 'NVIDIA GeForce RTX 4080 SUPER',
        utilizationPercent: 7,
        memoryUsedBytes: 1474 * MIB,
        memoryTotalBytes: 16_376 * MIB,
        memoryUtilizationPercent: (100 * 1474) / 16_376,
        powerWatts: 84.24,
        temperatureCelsius: 46,
      },
    ]);
  });

  it('H200', async () => {
    const [idle] = await sampleRecording(recordingOf('h200'), 'idle');
    const [load] = await sampleRecording(recordingOf('h200'), 'load');
    expect(idle).toMatchObject({ model: 'NVIDIA H200', utilizationPercent: 0, memoryUsedBytes: 0 });
    expect(load).toMatchObject({ utilizationPercent: 100, powerWatts: 627.4, temperatureCelsius: 52 });
  });

  it('H100 with MIG', async () => {
    const gpus = await sampleRecording(recordingOf('h100-mig'), 'idle');
    expect(gpus.map((gpu) => [gpu.gpu, gpu.model, (gpu.memoryUsedBytes ?? -1) / MIB])).toEqual([
      ['0', 'NVIDIA H100 80GB HBM3', 59],
      ['0:2', 'NVIDIA H100 80GB HBM3 MIG 3g.40gb', 26],
      ['0:3', 'NVIDIA H100 80GB HBM3 MIG 2g.20gb', 17],
      ['0:9', 'NVIDIA H100 80GB HBM3 MIG 1g.10gb', 9],
      ['0:10', 'NVIDIA H100 80GB HBM3 MIG 1g.10gb', 9],
    ]);
    expect(gpus.some((gpu) => 'utilizationPercent' in gpu)).toBe(false);
    const loaded = await sampleRecording(recordingOf('h100-mig'), 'load');
    const instances = loaded.slice(1).reduce((sum, gpu) => sum + (gpu.memoryUsedBytes ?? 0), 0);
    expect(instances).toBeLessThanOrEqual(loaded[0]!.memoryUsedBytes! + 4 * MIB);
    expect(loaded[0]).toMatchObject({ powerWatts: 433.78 });
  });
});
