import type { SampleSuffix } from '../domain/samples.ts';
import type { Family } from './catalogue.ts';

const QUOTE = 34;
const BACKSLASH = 92;
const NEWLINE = 10;
const SPACE = 32;
const BRACE_OPEN = 123;
const BRACE_CLOSE = 125;
/** Up to this length a loop over the characters beats the call into native code. */
const SHORT = 64;
/** A UTF-16 unit becomes at most three bytes, escaped or not. */
const BYTES_PER_UNIT = 3;

export interface PrefixWriter {
  /** An upper bound for what `write` writes. */
  mostBytes(labels: readonly string[]): number;
  /**
   * Writes `name{labels} ` at `at`; returns the position after it. Empty labels are left out: they mean absent ones.
   * What the previous row began with is copied from there, so that row must still lie in `target`.
   */
  write(target: Buffer, at: number, labels: readonly string[], suffix: SampleSuffix): number;
}

/** Label values in the order of the family's labels; a `_bucket` row has one more, `le`. */
export function prefixWriter(family: Family): PrefixWriter {
  const openings = [...family.labels, 'le'].map((label) => Buffer.from(`,${label}="`));
  const openingBytes = openings.reduce((sum, opening) => sum + opening.length + 1, 2);
  const longestName = family.name.length + '_bucket'.length;

  let name = Buffer.alloc(0);
  let previousSuffix: SampleSuffix | undefined;
  let previousAt = 0;
  let previous: readonly string[] = [];
  /** Where each label of the previous row ended, from its start. */
  const ends = openings.map(() => 0);

  function sharedLabels(labels: readonly string[]): number {
    let shared = 0;
    while (shared < openings.length && labels[shared] === previous[shared]) shared++;
    return shared;
  }

  return {
    mostBytes(labels) {
      let units = 0;
      for (let i = 0; i < labels.length; i++) units += labels[i]!.length;
      return longestName + openingBytes + units * BYTES_PER_UNIT;
    },
    write(target, at, labels, suffix) {
      let shared = 0;
      if (suffix === previousSuffix) {
        shared = sharedLabels(labels);
      } else {
        name = Buffer.from(family.name + suffix);
        previousSuffix = suffix;
      }
      let position: number;
      if (shared > 0) {
        const length = ends[shared - 1]!;
        target.copyWithin(at, previousAt, previousAt + length);
        position = at + length;
      } else {
        position = writeBytes(target, at, name);
      }
      for (let i = shared; i < openings.length; i++) {
        const value = labels[i];
        if (value !== undefined && value !== '') {
          position = writeBytes(target, position, openings[i]!);
          position = writeLabelValue(target, position, value);
          target[position++] = QUOTE;
        }
        ends[i] = position - at;
      }
      previousAt = at;
      previous = labels;
      const labelsAt = at + name.length;
      if (position > labelsAt) {
        target[labelsAt] = BRACE_OPEN; // in place of the first comma
        target[position++] = BRACE_CLOSE;
      }
      target[position++] = SPACE;
      return position;
    },
  };
}

function writeBytes(target: Buffer, at: number, bytes: Buffer): number {
  const { length } = bytes;
  for (let i = 0; i < length; i++) target[at + i] = bytes[i]!;
  return at + length;
}

function writeLabelValue(target: Buffer, at: number, value: string): number {
  const { length } = value;
  if (length > SHORT) return at + target.write(escapeLabelValue(value), at);
  for (let i = 0; i < length; i++) {
    const unit = value.charCodeAt(i);
    if (unit === QUOTE || unit === BACKSLASH || unit === NEWLINE || unit === 0 || unit > 127) {
      return at + target.write(escapeLabelValue(value), at);
    }
    target[at + i] = unit;
  }
  return at + length;
}

const ESCAPES: Readonly<Record<string, string>> = { '"': '\\"', '\\': '\\\\', '\n': '\\n', '\0': '\ufffd' };

/** NUL ends the input for Prometheus' lexer, wherever it stands: one such label would cost the whole scrape. */
function escapeLabelValue(value: string): string {
  return value.replace(/["\\\n\0]/g, (character) => ESCAPES[character]!);
}
