import { NANO_PER_USD, usdFromNanoUsd } from '../domain/money.ts';

/** No value is written in more bytes than this. */
export const MAX_VALUE_BYTES = 48;

const ZERO = 48;
const MINUS = 45;
const POINT = 46;

/** "000" to "999" as bytes: three digits for one division. */
const THREE_DIGITS = Uint8Array.from({ length: 3000 }, (_, i) => {
  const number = Math.floor(i / 3);
  return ZERO + (Math.floor(number / 10 ** (2 - (i % 3))) % 10);
});

/** Writes a plain value at `at`; returns the position after it. */
export function writeNumber(target: Buffer, at: number, value: number): number {
  if (!Number.isSafeInteger(value)) return writeAscii(target, at, numberText(value));
  let position = at;
  let rest = value;
  if (rest < 0) {
    target[position++] = MINUS;
    rest = -rest;
  }
  return writeInteger(target, position, rest);
}

/** Writes integer nano-USD as dollars, every digit exact, without trailing zeros. */
export function writeNanoUsd(target: Buffer, at: number, nanoUsd: number): number {
  if (!Number.isSafeInteger(nanoUsd)) return writeAscii(target, at, largeNanoUsdText(nanoUsd));
  let position = at;
  let nano = nanoUsd;
  if (nano < 0) {
    target[position++] = MINUS;
    nano = -nano;
  }
  // Exact: a safe integer's quotient is at least 1e-9 below the next dollar, which is more than half an ulp there.
  const dollars = Math.floor(nano / NANO_PER_USD);
  position = writeInteger(target, position, dollars);
  const fraction = nano - dollars * NANO_PER_USD;
  if (fraction === 0) return position;
  target[position++] = POINT;
  position = writeNineDigits(target, position, fraction);
  while (target[position - 1] === ZERO) position--;
  return position;
}

/** A value in the spelling of the exposition formats: shortest form that reads back the same, `NaN`, `+Inf`, `-Inf`. */
function numberText(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  if (value === Number.NEGATIVE_INFINITY) return '-Inf';
  return String(value);
}

/** Beyond 2^53 the digits of the double itself; what no sum of charges can reach is written as a float. */
function largeNanoUsdText(nanoUsd: number): string {
  if (!Number.isInteger(nanoUsd) || Math.abs(nanoUsd) >= 1e30) return numberText(usdFromNanoUsd(nanoUsd));
  const digits = BigInt(Math.abs(nanoUsd)).toString();
  const fraction = digits.slice(-9).replace(/0+$/, '');
  return `${nanoUsd < 0 ? '-' : ''}${digits.slice(0, -9)}${fraction === '' ? '' : '.'}${fraction}`;
}

function writeInteger(target: Buffer, at: number, value: number): number {
  if (value < 1e9) return writeSmallInteger(target, at, value | 0);
  const high = Math.floor(value / 1e9);
  return writeNineDigits(target, writeSmallInteger(target, at, high | 0), value - high * 1e9);
}

/** Below 1e9. */
function writeSmallInteger(target: Buffer, at: number, value: number): number {
  let length = 1;
  for (let limit = 10; value >= limit; limit *= 10) length++;
  let rest = value;
  for (let position = at + length - 1; position >= at; position--) {
    const tenth = (rest / 10) | 0;
    target[position] = ZERO + rest - tenth * 10;
    rest = tenth;
  }
  return at + length;
}

function writeNineDigits(target: Buffer, at: number, value: number): number {
  const millions = (value / 1_000_000) | 0;
  const thousands = (value / 1000) | 0;
  writeThreeDigits(target, at, millions);
  writeThreeDigits(target, at + 3, thousands - millions * 1000);
  writeThreeDigits(target, at + 6, value - thousands * 1000);
  return at + 9;
}

function writeThreeDigits(target: Buffer, at: number, value: number): void {
  const from = value * 3;
  target[at] = THREE_DIGITS[from]!;
  target[at + 1] = THREE_DIGITS[from + 1]!;
  target[at + 2] = THREE_DIGITS[from + 2]!;
}

function writeAscii(target: Buffer, at: number, text: string): number {
  for (let i = 0; i < text.length; i++) target[at + i] = text.charCodeAt(i);
  return at + text.length;
}
