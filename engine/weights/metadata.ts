import { badModelFile, type NamedFile, quote } from "./bad-model-file.ts";
import type { HeaderReader } from "./header-reader.ts";
import { TextList } from "./text-list.ts";

const MAX_ENTRIES = 65_536; // files have about 30
const MAX_KEY_BYTES = 65_535; // the specification's
const MAX_STRING_BYTES = 16 << 20;
const STRING_LIMIT = "a whole tokenizer.json, the longest string in use, has 11 MB";
const MIN_TEXT_BYTES = 8; // its length
const MAX_LIST_ITEMS = 4 << 20; // of all lists; the largest vocabulary has 262,144 tokens, scores, types and merges

/** 64-bit integers that a double cannot hold exactly are bigint. */
type GgufNumber = number | bigint | boolean;
export type GgufValue = string | GgufNumber | TextList | readonly GgufNumber[];

export interface FileMetadata extends NamedFile {
  readonly metadata: ReadonlyMap<string, GgufValue>;
}

interface NumberType {
  readonly minBytes: number; // that a value takes in the file
  readonly read: (reader: HeaderReader, field: string) => GgufNumber;
}

const NUMBER_TYPES: ReadonlyMap<number, NumberType> = new Map([
  [0, { minBytes: 1, read: (reader, field) => reader.u8(field) }],
  [1, { minBytes: 1, read: (reader, field) => reader.i8(field) }],
  [2, { minBytes: 2, read: (reader, field) => reader.u16(field) }],
  [3, { minBytes: 2, read: (reader, field) => reader.i16(field) }],
  [4, { minBytes: 4, read: (reader, field) => reader.u32(field) }],
  [5, { minBytes: 4, read: (reader, field) => reader.i32(field) }],
  [6, { minBytes: 4, read: (reader, field) => reader.f32(field) }],
  [7, { minBytes: 1, read: readBoolean }],
  [10, { minBytes: 8, read: (reader, field) => shorten(reader.u64(field)) }],
  [11, { minBytes: 8, read: (reader, field) => shorten(reader.i64(field)) }],
  [12, { minBytes: 8, read: (reader, field) => reader.f64(field) }],
] satisfies [number, NumberType][]);
const STRING_TYPE = 8;
const ARRAY_TYPE = 9;

/** Reads the count and the key-value pairs that follow the tensor count. */
export function readMetadata(reader: HeaderReader): Map<string, GgufValue> {
  const count = reader.size("metadata_kv_count", MAX_ENTRIES, "files have about 30");
  const metadata = new Map<string, GgufValue>();
  let items = 0;
  for (let i = 0; i < count; i++) {
    const key = reader.string(`metadata ${i}'s key`, MAX_KEY_BYTES, "the specification's");
    if (metadata.has(key)) throw badModelFile(reader.path, quote(key), "occurs twice");
    const value = readValue(reader, /^[\w.-]{1,80}$/.test(key) ? key : quote(key), MAX_LIST_ITEMS - items);
    if (isList(value)) items += value.length;
    metadata.set(key, value);
  }
  return metadata;
}

/** @throws EngineError `bad-model-file` if it is missing or of another kind; so do its siblings below. */
export function metadataNumber(file: FileMetadata, key: string): number {
  const value = file.metadata.get(key);
  return typeof value === "number" ? value : reject(file, key, "a number");
}

export function metadataString(file: FileMetadata, key: string): string {
  const value = file.metadata.get(key);
  return typeof value === "string" ? value : reject(file, key, "a string");
}

export function metadataTexts(file: FileMetadata, key: string): TextList {
  const value = file.metadata.get(key);
  return value instanceof TextList ? value : reject(file, key, "a list of strings");
}

export function metadataNumbers(file: FileMetadata, key: string): readonly number[] {
  const value = file.metadata.get(key);
  return isNumbers(value) ? value : reject(file, key, "a list of numbers");
}

export function isList(value: GgufValue | undefined): value is Exclude<GgufValue, string | GgufNumber> {
  return value instanceof TextList || Array.isArray(value);
}

function isNumbers(value: GgufValue | undefined): value is readonly number[] {
  return Array.isArray(value) && value.every((item) => typeof item === "number");
}

function reject(file: FileMetadata, key: string, expected: string): never {
  const value = file.metadata.get(key);
  const found = isList(value) ? `a list of ${value.length}` : typeof value === "string" ? quote(value) : value;
  throw badModelFile(file, key, value === undefined ? "is missing" : `${found} is not ${expected}`);
}

function readValue(reader: HeaderReader, key: string, maxItems: number): GgufValue {
  const typeId = reader.u32(`${key}'s type`);
  if (typeId === ARRAY_TYPE) return readList(reader, key, maxItems);
  if (typeId === STRING_TYPE) return reader.string(key, MAX_STRING_BYTES, STRING_LIMIT);
  return numberType(reader, typeId, `${key}'s type`).read(reader, key);
}

function readList(reader: HeaderReader, key: string, maxItems: number): GgufValue {
  const typeId = reader.u32(`${key}'s item type`);
  if (typeId === ARRAY_TYPE) throw badModelFile(reader.path, key, "is a list of lists, which no model uses");
  const type = typeId === STRING_TYPE ? undefined : numberType(reader, typeId, `${key}'s item type`);
  const length = reader.size(`${key}'s length`, maxItems, "no vocabulary is longer");
  if (length * (type?.minBytes ?? MIN_TEXT_BYTES) > reader.remainingBytes) {
    throw badModelFile(reader.path, `${key}'s length`, `${length} items do not fit in the rest of the file`);
  }
  if (!type) return reader.strings(key, length, MAX_STRING_BYTES, STRING_LIMIT);
  const items: GgufNumber[] = [];
  for (let i = 0; i < length; i++) items.push(type.read(reader, key));
  return items;
}

function numberType(reader: HeaderReader, id: number, field: string): NumberType {
  const type = NUMBER_TYPES.get(id);
  if (!type) throw badModelFile(reader.path, field, `${id} is no type of value`);
  return type;
}

function readBoolean(reader: HeaderReader, field: string): boolean {
  const value = reader.u8(field);
  if (value > 1) throw badModelFile(reader.path, field, `${value} is neither 0 (false) nor 1 (true)`);
  return value === 1;
}

function shorten(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
