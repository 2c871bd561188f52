import { MAX_TOKENS } from '../../usage-event-schema.ts';
import { TextPool } from '../encoding/text-pool.ts';
import { FIXED64, LENGTH_DELIMITED, VARINT, type WireReader } from '../encoding/wire.ts';
import { SLOTS } from './attribute-keys.ts';
import type { AttributeTable } from './attribute-table.ts';

const KEY = (1 << 3) | LENGTH_DELIMITED;
const VALUE = (2 << 3) | LENGTH_DELIMITED;
const STRING = (1 << 3) | LENGTH_DELIMITED;
const BOOL = (2 << 3) | VARINT;
const INT = (3 << 3) | VARINT;
const DOUBLE = (4 << 3) | FIXED64;
const ARRAY = (5 << 3) | LENGTH_DELIMITED;
const KEY_VALUES = (6 << 3) | LENGTH_DELIMITED;
const BYTES = (7 << 3) | LENGTH_DELIMITED;
const ITEM = (1 << 3) | LENGTH_DELIMITED;

/** More than any limit of ours: the rest of a longer text is not decoded. */
const TEXT_BYTES = 1024;
/** What counts of a list. */
const LIST_ITEMS = 16;
/** In place of a key's: given by none. */
const FILLED = 0xffff;

/**
 * The values that the attributes of one span, point, record or resource give to the slots. Made once and used for one
 * after another: `clear` comes first. Arrays are read for `list` keys only; nested values and bytes never are.
 */
export class Attributes {
  readonly #table: AttributeTable;
  readonly #pool = new TextPool();
  /** One more than the place of the key that gave the value; 0 where none did. */
  readonly #givenBy = new Uint16Array(SLOTS.length);
  readonly #texts: string[] = new Array<string>(SLOTS.length).fill('');
  readonly #numbers = new Float64Array(SLOTS.length);
  #hasUsage = false;
  #badCount = -1;
  #conflict = -1;

  constructor(table: AttributeTable) {
    this.#table = table;
  }

  /** Whether any count is given. */
  get hasUsage(): boolean {
    return this.#hasUsage;
  }

  /** The slot of a count that is no whole number from 0 to `MAX_TOKENS`, or -1. */
  get badCount(): number {
    return this.#badCount;
  }

  /** The slot of a count that two attributes of one meaning give differently, or -1. */
  get conflict(): number {
    return this.#conflict;
  }

  clear(): void {
    this.#givenBy.fill(0);
    this.#hasUsage = false;
    this.#badCount = -1;
    this.#conflict = -1;
  }

  has(slot: number): boolean {
    return this.#givenBy[slot] !== 0;
  }

  /** Empty if not given. */
  text(slot: number): string {
    return this.#givenBy[slot] === 0 ? '' : this.#texts[slot]!;
  }

  /** `undefined` if not given, NaN for what is no number. */
  number(slot: number): number | undefined {
    return this.#givenBy[slot] === 0 ? undefined : this.#numbers[slot];
  }

  /** A count without reservations; 0 if not given. */
  count(slot: number): number {
    return this.#givenBy[slot] === 0 ? 0 : this.#numbers[slot]!;
  }

  /** The key that gave the value, empty if none did. */
  keyOf(slot: number): string {
    const givenBy = this.#givenBy[slot]!;
    return givenBy === 0 ? '' : (this.#table.keys[givenBy - 1]?.key ?? '');
  }

  /** Gives a text to a slot to which no attribute gave one. */
  fill(slot: number, text: string): void {
    if (this.#givenBy[slot] !== 0) return;
    this.#givenBy[slot] = FILLED;
    this.#texts[slot] = text;
  }

  /** Reads one `KeyValue`, whose tag was just read. */
  readWire(reader: WireReader): void {
    const outerEnd = reader.enter();
    const { bytes, position, end } = reader;
    // As every encoder writes it: the key, then the value, both short, and nothing else.
    const keyStart = position + 2;
    const keyEnd = keyStart + (bytes[position + 1] ?? 0);
    const valueStart = keyEnd + 2;
    if (
      valueStart <= end &&
      bytes[position] === KEY &&
      bytes[keyEnd] === VALUE &&
      bytes[position + 1]! < 0x80 &&
      bytes[keyEnd + 1]! < 0x80 &&
      valueStart + bytes[keyEnd + 1]! === end
    ) {
      const place = this.#table.placeOf(reader, keyStart, keyEnd);
      if (place >= 0) {
        reader.position = valueStart;
        this.#readWireValue(reader, place);
        reader.end = end;
      }
    } else this.#readAnyWire(reader);
    reader.leave(outerEnd);
  }

  /** Reads a `KeyValue` whose fields may come in any order, more than once or not at all. */
  #readAnyWire(reader: WireReader): void {
    let place = -1;
    let valueStart = -1;
    let valueEnd = -1;
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      if (tag === KEY) {
        const start = reader.range();
        place = this.#table.placeOf(reader, start, reader.position);
      } else if (tag === VALUE) {
        valueStart = reader.range();
        valueEnd = reader.position;
      } else reader.skip(tag);
    }
    if (place < 0 || valueStart < 0) return;
    const { end } = reader;
    reader.position = valueStart;
    reader.end = valueEnd;
    this.#readWireValue(reader, place);
    reader.end = end;
  }

  /** Reads a list of attributes in OTLP's JSON. */
  readJsonList(list: unknown): void {
    if (!Array.isArray(list)) return;
    for (const attribute of list) this.readJson(attribute);
  }

  /** Reads one attribute of OTLP's JSON. */
  readJson(attribute: unknown): void {
    const { key, value } = (attribute ?? {}) as { key?: unknown; value?: unknown };
    const place = this.#table.placeOfText(key);
    if (place < 0) return;
    const scalar = jsonScalar(value);
    if (typeof scalar === 'string') this.#giveText(place, scalar.slice(0, TEXT_BYTES));
    else if (typeof scalar === 'number') this.#giveNumber(place, scalar);
    else if (this.#table.keys[place]!.kind === 'list') this.#giveText(place, jsonList(value));
  }

  #readWireValue(reader: WireReader, place: number): void {
    const { bytes, position, end } = reader;
    // A short text, as most are.
    if (
      bytes[position] === STRING &&
      position + 2 + bytes[position + 1]! === end &&
      bytes[position + 1]! < 0x80
    ) {
      this.#giveText(place, this.#textAt(place, bytes, position + 2, end));
    } else this.#readAnyWireValue(reader, place);
  }

  /** The last of several values counts, as in any oneof. */
  #readAnyWireValue(reader: WireReader, place: number): void {
    let kind = 0;
    let start = 0;
    let end = 0;
    let number = 0;
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case STRING:
        case ARRAY:
        case KEY_VALUES:
        case BYTES:
          start = reader.range();
          end = reader.position;
          break;
        case BOOL:
          number = reader.varint();
          break;
        case INT:
          number = reader.signedVarint();
          break;
        case DOUBLE:
          number = reader.double();
          break;
        default:
          reader.skip(tag);
          continue;
      }
      kind = tag;
    }
    if (kind === STRING) {
      const shortEnd = end - start > TEXT_BYTES ? start + TEXT_BYTES : end;
      this.#giveText(place, this.#textAt(place, reader.bytes, start, shortEnd));
    } else if (kind === INT || kind === DOUBLE) this.#giveNumber(place, number);
    else if (kind === BOOL) this.#giveText(place, number === 0 ? 'false' : 'true');
    else if (kind === ARRAY && this.#table.keys[place]!.kind === 'list') {
      reader.position = start;
      reader.end = end;
      this.#giveText(place, this.#wireList(reader));
    }
  }

  #textAt(place: number, bytes: Buffer, start: number, end: number): string {
    return this.#table.keys[place]!.kind === 'id'
      ? bytes.toString('utf8', start, end)
      : this.#pool.textAt(bytes, start, end);
  }

  #wireList(reader: WireReader): string {
    let list = '';
    let items = 0;
    for (let tag = reader.tag(); tag !== 0 && items < LIST_ITEMS; tag = reader.tag()) {
      if (tag !== ITEM) {
        reader.skip(tag);
        continue;
      }
      const outerEnd = reader.enter();
      for (let itemTag = reader.tag(); itemTag !== 0; itemTag = reader.tag()) {
        if (itemTag === STRING) {
          const start = reader.range();
          const text = this.#pool.textAt(reader.bytes, start, Math.min(reader.position, start + TEXT_BYTES));
          if (text !== '') list = list === '' ? text : `${list},${text}`;
        } else reader.skip(itemTag);
      }
      reader.leave(outerEnd);
      items += 1;
    }
    return list;
  }

  #giveText(place: number, text: string): void {
    const { keys, next } = this.#table;
    for (let at = place; at >= 0; at = next[at]!) {
      const { slot, kind } = keys[at]!;
      if (kind === 'count') this.#giveCount(at, slot, numberOf(text));
      else if (this.#isBest(at, slot)) {
        this.#givenBy[slot] = at + 1;
        if (kind === 'amount') this.#numbers[slot] = numberOf(text);
        else this.#texts[slot] = text;
      }
    }
  }

  #giveNumber(place: number, number: number): void {
    const { keys, next } = this.#table;
    for (let at = place; at >= 0; at = next[at]!) {
      const { slot, kind } = keys[at]!;
      if (kind === 'count') this.#giveCount(at, slot, number);
      else if (this.#isBest(at, slot)) {
        this.#givenBy[slot] = at + 1;
        if (kind === 'amount') this.#numbers[slot] = number;
        else this.#texts[slot] = String(number);
      }
    }
  }

  /**
   * Two generations of keys side by side must agree. A 0 does not disagree: instrumentations write it where the
   * response has a field of the name without what the provider puts in the other (`cached_tokens: 0` beside
   * `cache_read_input_tokens`), so it says nothing against a number.
   */
  #giveCount(at: number, slot: number, count: number): void {
    this.#hasUsage = true;
    if (!(Number.isInteger(count) && count >= 0 && count <= MAX_TOKENS)) this.#badCount = slot;
    const known = this.count(slot);
    if (known !== 0 && count !== 0 && known !== count) this.#conflict = slot;
    else if (count !== 0) this.#numbers[slot] = count;
    else if (this.#givenBy[slot] === 0) this.#numbers[slot] = 0;
    if (this.#isBest(at, slot)) this.#givenBy[slot] = at + 1;
  }

  #isBest(at: number, slot: number): boolean {
    const givenBy = this.#givenBy[slot]!;
    return givenBy === 0 || at < givenBy;
  }
}

/** Text, number, or nothing that is either. 64-bit integers come as text or as numbers. */
function jsonScalar(value: unknown): string | number | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { stringValue, intValue, doubleValue, boolValue } = value as Record<string, unknown>;
  if (typeof stringValue === 'string') return stringValue;
  if (typeof intValue === 'number') return intValue;
  if (typeof intValue === 'string') return numberOf(intValue);
  if (typeof doubleValue === 'number') return doubleValue;
  // NaN and the infinities, which JSON has no number for.
  if (typeof doubleValue === 'string') return Number(doubleValue);
  return typeof boolValue === 'boolean' ? String(boolValue) : undefined;
}

function jsonList(value: unknown): string {
  const { values } = (value as { arrayValue?: { values?: unknown } } | null | undefined)?.arrayValue ?? {};
  if (!Array.isArray(values)) return '';
  return values
    .slice(0, LIST_ITEMS)
    .map((item) => (item as { stringValue?: unknown } | null)?.stringValue)
    .filter((text) => typeof text === 'string' && text !== '')
    .join(',');
}

/** NaN for what is no decimal number. */
function numberOf(text: string): number {
  return /^-?\d{1,20}(\.\d{1,20})?$/.test(text) ? Number(text) : Number.NaN;
}
