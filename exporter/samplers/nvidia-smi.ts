import type { Log } from '../domain/ports.ts';
import type { GpuReading } from '../domain/reading.ts';
import { GPU_FIELDS, type ParsedGpus, parseGpuCsv, REQUIRED_GPU_FIELDS } from './nvidia-smi-csv.ts';
import { migReadings, parseMigDetails, parseMigList } from './nvidia-smi-mig.ts';
import { type ProgramOutput, type RunProgram, runProgram } from './run-program.ts';
import type { Sample, Sampler } from './sampler.ts';

export interface NvidiaSmiOptions {
  /** Name or path. */
  readonly program: string;
  readonly log: Log;
  readonly run?: RunProgram;
}

/** Exit codes of nvidia-smi: the driver is not loaded; a GPU's inforom is damaged, which spoils no reading. */
const NO_DRIVER = 9;
const INFOROM_CORRUPTED = 14;

/**
 * GPUs as nvidia-smi shows them, in one call; while MIG is on, in three (`-L`, `-q`), with one more reading for each
 * MIG instance beside its GPU's. Fields that the driver does not know are asked for once and then left out.
 */
export function createNvidiaSmiSampler({ program, log, run = runProgram }: NvidiaSmiOptions): Sampler {
  let fields: readonly string[] = GPU_FIELDS;
  let lastProblem = '';

  async function ask(args: readonly string[], signal: AbortSignal): Promise<string> {
    const output = await run(program, args, signal);
    if (!isGood(output)) throw new Error(describeExit(program, args, output));
    return output.stdout;
  }

  async function queryGpus(signal: AbortSignal): Promise<ParsedGpus | { readonly absent: string }> {
    for (;;) {
      const args = [`--query-gpu=${fields.join(',')}`, '--format=csv'];
      const output = await run(program, args, signal);
      const absent = absentReason(output);
      if (absent) return { absent };
      // Errors go to stdout too.
      const unknown = /Field "([^"]*)" is not a valid field to query/.exec(
        output.stdout + output.stderr,
      )?.[1];
      if (unknown && fields.includes(unknown) && !REQUIRED_GPU_FIELDS.includes(unknown)) {
        log.info('the driver does not know a field of nvidia-smi, its values are absent', { field: unknown });
        fields = fields.filter((field) => field !== unknown);
        continue;
      }
      if (!isGood(output)) throw new Error(describeExit(program, args, output));
      return parseGpuCsv(output.stdout);
    }
  }

  /** Nothing about MIG may hide the GPUs themselves: they are what is paid for. */
  async function withMigInstances(parsed: ParsedGpus, signal: AbortSignal): Promise<GpuReading[]> {
    const physical = parsed.gpus.map((gpu) => gpu.reading);
    let problem =
      parsed.unidentified.length > 0 ? `no index or UUID in: ${parsed.unidentified.join('; ')}` : '';
    let readings = physical;
    if (parsed.gpus.some((gpu) => gpu.migEnabled)) {
      try {
        const listed = parseMigList(await ask(['-L'], signal));
        const details = parseMigDetails(await ask(['-q'], signal));
        readings = parsed.gpus.flatMap(({ reading, migEnabled }) =>
          migEnabled ? [reading, ...migReadings(reading, listed, details)] : [reading],
        );
      } catch (error) {
        signal.throwIfAborted();
        problem = `MIG instances cannot be listed: ${(error as Error).message}`;
      }
    }
    if (problem && problem !== lastProblem) log.warn('some GPUs are not reported', { problem });
    lastProblem = problem;
    return readings;
  }

  return {
    id: 'nvidia_smi',
    async sample(signal): Promise<Sample> {
      let parsed: ParsedGpus | { readonly absent: string };
      try {
        parsed = await queryGpus(signal);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
        return { kind: 'absent', reason: `program ${program} not found` };
      }
      if ('absent' in parsed) return { kind: 'absent', reason: parsed.absent };
      const gpus = await withMigInstances(parsed, signal);
      if (gpus.length === 0) {
        if (parsed.unidentified.length === 0) return { kind: 'absent', reason: 'nvidia-smi lists no GPUs' };
        throw new Error(`nvidia-smi: no GPU with an index and a UUID: ${parsed.unidentified.join('; ')}`);
      }
      return { kind: 'reading', reading: { kind: 'gpu', gpus } };
    },
  };
}

function isGood({ exitCode }: ProgramOutput): boolean {
  return exitCode === 0 || exitCode === INFOROM_CORRUPTED;
}

function absentReason({ exitCode, stdout, stderr }: ProgramOutput): string | undefined {
  const text = stdout + stderr;
  if (text.includes('No devices were found')) return 'nvidia-smi: no devices were found';
  const silent = exitCode === NO_DRIVER || text.includes("couldn't communicate with the NVIDIA driver");
  return silent ? 'nvidia-smi: the NVIDIA driver is not running' : undefined;
}

function describeExit(program: string, args: readonly string[], output: ProgramOutput): string {
  const text = (output.stdout.trim() || output.stderr.trim() || 'no output').split('\n', 1)[0] ?? '';
  return `${program} ${args.join(' ')}: exit code ${output.exitCode}, expected 0: ${text.slice(0, 300)}`;
}
