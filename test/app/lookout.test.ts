import { afterEach, beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { Lookout } from '../../exporter/app/lookout.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Looks every five minutes that end when they are told to. */
function given() {
  const looks: (() => void)[] = [];
  const lookout = new Lookout(() => new Promise<void>((resolve) => looks.push(resolve)), 300);
  onTestFinished(() => lookout.stop());
  return { lookout, looks };
}

it('looks every interval, and once before if it is told to, until it is stopped', async () => {
  const { lookout, looks } = given();
  const pass = async (seconds: number) => {
    await vi.advanceTimersByTimeAsync(seconds * 1000);
    for (const end of looks) end();
    await vi.advanceTimersByTimeAsync(0);
    return looks.length;
  };
  lookout.lookIn(2000);
  lookout.lookIn(3000);
  expect(await pass(2.999)).toBe(0);
  expect(await pass(0.001)).toBe(1);
  expect(await pass(296.999)).toBe(1);
  expect(await pass(0.001)).toBe(2);
  expect(await pass(300)).toBe(3);
  lookout.lookIn(10);
  lookout.stop();
  expect(await pass(3600)).toBe(3);
});

it('looks once at a time', async () => {
  const { looks } = given();
  await vi.advanceTimersByTimeAsync(900_000);
  expect(looks).toHaveLength(1);
  looks[0]!();
  await vi.advanceTimersByTimeAsync(300_000);
  expect(looks).toHaveLength(2);
});
