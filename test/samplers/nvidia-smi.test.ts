import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createNvidiaSmiSampler } from '../../exporter/samplers/nvidia-smi.ts';
import type { RunProgram } from '../../exporter/samplers/run-program.ts';
import { FIXTURES, fakeNvidiaSmi, fixtureNames } from './fake-nvidia-smi.ts';
import { manualTime } from './manual-time.ts';

const never = new AbortController().signal;

function samplerOf(program: string, run?: RunProgram) {
  const { ports, logged } = manualTime();
  return {
    sampler: createNvidiaSmiSampler({ program, log: ports.log, ...(run && { run }) }),
    logged,
  };
}

describe('golden outcomes', () => {
  it('has one golden for each fixture and one fixture for each golden', () => {
    const goldens = readdirSync(FIXTURES).filter((file) => file.endsWith('.json'));
    if (process.env.UPDATE_GOLDEN) return;
    expect(goldens.map((file) => file.slice(0, -'.json'.length))).toEqual(fixtureNames());
  });

  it.each(fixtureNames())('%s', async (name) => {
    const fake = fakeNvidiaSmi(name);
    const { sampler, logged } = samplerOf(fake.program);
    const outcome = await sampler.sample(never).catch((error: Error) => ({
      kind: 'error',
      message: error.message.replaceAll(fake.program, 'nvidia-smi'),
    }));
    const golden = join(FIXTURES, `${name}.json`);
    const actual = `${JSON.stringify({ outcome, logged }, null, 2).replaceAll(fake.program, 'nvidia-smi')}\n`;
    if (process.env.UPDATE_GOLDEN) writeFileSync(golden, actual);
    expect(existsSync(golden), `${golden} is missing; UPDATE_GOLDEN=1 writes it`).toBe(true);
    expect(JSON.parse(actual)).toEqual(JSON.parse(readFileSync(golden, 'utf8')));
  });
});

describe('nvidia-smi sampler', () => {
  it('asks an old driver once for a field that it does not know', async () => {
    const fake = fakeNvidiaSmi('old-driver');
    const { sampler } = samplerOf(fake.program);
    await sampler.sample(never);
    await sampler.sample(never);
    const asked = fake.calls().map((call) => call.includes('mig.mode.current'));
    expect(asked).toEqual([true, false, false]);
  });

  it('fails when the driver does not know a field that it cannot do without', async () => {
    const { sampler } = samplerOf('smi', async () => ({
      exitCode: 2,
      stdout: 'Field "uuid" is not a valid field to query.\n\n',
      stderr: '',
    }));
    await expect(sampler.sample(never)).rejects.toThrow('exit code 2, expected 0: Field "uuid" is not');
  });

  it('asks once a sample without MIG, three times with it', async () => {
    const plain = fakeNvidiaSmi('h200-x8');
    await samplerOf(plain.program).sampler.sample(never);
    expect(plain.calls()).toHaveLength(1);
    const mig = fakeNvidiaSmi('h100-mig');
    await samplerOf(mig.program).sampler.sample(never);
    expect(mig.calls().map((call) => call.split('=')[0])).toEqual(['--query-gpu', '-L', '-q']);
  });

  it('says once, not each time, that MIG instances cannot be listed', async () => {
    const { sampler, logged } = samplerOf(fakeNvidiaSmi('mig-unlisted').program);
    await sampler.sample(never);
    await sampler.sample(never);
    expect(logged).toHaveLength(1);
  });

  it('is absent without the program', async () => {
    const { sampler } = samplerOf('/nowhere/nvidia-smi');
    expect(await sampler.sample(never)).toEqual({
      kind: 'absent',
      reason: 'program /nowhere/nvidia-smi not found',
    });
  });

  it('fails, and is not absent, when the program may not be run', async () => {
    await expect(samplerOf(FIXTURES).sampler.sample(never)).rejects.toThrow('EACCES');
  });

  it('kills a hung program at the abort and settles when it is gone', async () => {
    const fake = fakeNvidiaSmi();
    fake.hang();
    const abort = new AbortController();
    const sampled = samplerOf(fake.program).sampler.sample(abort.signal);
    await expect.poll(fake.hangingPid).toBeGreaterThan(0);
    const pid = fake.hangingPid()!;
    expect(() => process.kill(pid, 0)).not.toThrow();
    abort.abort(new Error('deadline'));
    await expect(sampled).rejects.toThrow('deadline');
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });

  it('starts nothing once aborted', async () => {
    const fake = fakeNvidiaSmi('rtx-4080');
    await expect(samplerOf(fake.program).sampler.sample(AbortSignal.abort())).rejects.toThrow();
    expect(fake.calls()).toEqual([]);
  });

  it('reads no more than 1 MiB', async () => {
    const fake = fakeNvidiaSmi();
    fake.babble();
    await expect(samplerOf(fake.program).sampler.sample(never)).rejects.toThrow('maxBuffer');
  });
});
