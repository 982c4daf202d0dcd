// Files of Arrow's form: the types of their author, exact values, compression, and what is told of those that cannot be read.
import { readFileSync } from "node:fs";
import {
  Binary,
  type DataType,
  Decimal,
  Dictionary,
  DurationSecond,
  Field,
  Float32,
  Int32,
  Int64,
  List,
  Table,
  TimeMicrosecond,
  TimestampMicrosecond,
  TimestampNanosecond,
  tableToIPC,
  Uint64,
  Utf8,
  vectorFromArray,
} from "apache-arrow";
import { expect, test } from "vitest";
import { unpackLz4 } from "../../../interpreter/tables/lz4-frame.ts";
import { readTable } from "./read-table.ts";

/** A decimal's, the lowest first. */
function words(value: bigint): Uint32Array {
  return new Uint32Array(new BigUint64Array([BigInt.asUintN(64, value), BigInt.asUintN(64, value >> 64n)]).buffer);
}

test.each<[type: DataType, values: readonly unknown[], expected: string, rows: readonly (string | null)[]]>([
  [new Int64(), [9007199254740993n, null], "BIGINT", ["9007199254740993", null]],
  [new Uint64(), [18446744073709551615n], "UBIGINT", ["18446744073709551615"]],
  [new Float32(), [0.1], "FLOAT", [String(Math.fround(0.1))]],
  [new Decimal(2, 20, 128), [words(1234n), words(-5n)], "DECIMAL(20,2)", ["12.34", "-0.05"]],
  [
    new TimestampMicrosecond(),
    [1709209815123.456, -0.001],
    "TIMESTAMP",
    ["2024-02-29 12:30:15.123456", "1969-12-31 23:59:59.999999"],
  ],
  [new TimestampNanosecond("Europe/Berlin"), [1709209815000], "TIMESTAMP WITH TIME ZONE", ["2024-02-29 12:30:15+00"]],
  [new TimeMicrosecond(), [3723000001n], "TIME", ["01:02:03.000001"]],
  [new DurationSecond(), [90n], "INTERVAL", ["00:01:30"]],
  [new Dictionary(new Utf8(), new Int32()), ["u", null, "u"], "VARCHAR", ["u", null, "u"]],
  [new Binary(), [new Uint8Array([97, 255])], "BLOB", ["a\\xFF"]],
  [new List(new Field("item", new Int32(), true)), [[1, 2], null, []], "INTEGER[]", ["[1, 2]", null, "[]"]],
])("%s", async (type, values, expected, rows) => {
  const table = new Table({ x: vectorFromArray(values, type) });
  for (const form of ["file", "stream"] as const) {
    const found = await readTable(form === "file" ? "a.feather" : "a.arrow", tableToIPC(table, form));
    expect(found.types.replace("BIGINT[]", "INTEGER[]")).toBe(`x ${expected}`);
    expect(found.rows.map(([value]) => value)).toEqual(rows);
    expect(found.notes).toEqual([]);
  }
});

test.each(["lz4", "zstd"])("what pandas compresses by %s", async (compression) => {
  const packed = readFileSync(new URL(`../../fixtures/${compression}.feather`, import.meta.url));
  if (compression === "zstd" && !("zstd" in process.versions)) {
    await expect(readTable("a.feather", packed)).rejects.toThrow(
      /zstd, which Node has from 22.15 on.*save it as Parquet/,
    );
    return;
  }
  const found = await readTable("a.feather", packed);
  expect(found.types).toBe("id BIGINT, name VARCHAR");
  expect(found.rowCount).toBe(300);
  expect(found.rows.slice(0, 3)).toEqual([
    ["9007199254740993", "é"],
    ["1", "a"],
    ["2", null],
  ]);
  expect(found.rows.at(-1)).toEqual(["299", null]);
});

test.each([
  ["text", Buffer.from("a,b\n1,2\n"), /no file of Arrow/],
  ["Feather of version 1", Buffer.from("FEA1...FEA1"), /version 1.*save it as Parquet/],
  [
    "a file that is cut",
    readFileSync(new URL("../../fixtures/lz4.feather", import.meta.url)).subarray(0, 900),
    /Arrow/,
  ],
])("%s is told, with the way out", async (_what, content, message) => {
  await expect(readTable("a.feather", content)).rejects.toThrow(message);
});

test("a frame of LZ4 repeats what came before, up to a limit", () => {
  const block = [0x1f, 0x61, 0x01, 0x00, 0xff, 0x0a, 0x10, 0x62]; // "a", then 1 back for 4 + 15 + 265 bytes, "b"
  const frame = new Uint8Array([0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82, block.length, 0, 0, 0, ...block, 0, 0, 0, 0]);
  expect(Buffer.from(unpackLz4(frame, 1000)).toString()).toBe(`${"a".repeat(285)}b`);
  expect(() => unpackLz4(frame, 100)).toThrow("larger, unpacked, than is read");
  expect(() => unpackLz4(frame.subarray(0, 15), 1000)).toThrow("midst of a block");
});
