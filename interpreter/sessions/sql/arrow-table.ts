// A query's result as an Arrow table, column by column: no objects for rows in between.
import type { DuckDBResultReader, DuckDBType } from "@duckdb/node-api";
import type { DataType, Table, Vector } from "apache-arrow";
import { toUserValue } from "./values.ts";

export type Arrow = typeof import("apache-arrow");

/**
 * Integers up to 64 bits keep their size, larger ones and decimals are Float64, as in rows; what Arrow's JavaScript has
 * no type for (structs, maps, times, intervals) is text, objects among them as JSON.
 */
export function arrowTable(arrow: Arrow, reader: DuckDBResultReader): Table {
  const types = reader.columnTypes();
  const fields = reader.deduplicatedColumnNames().map((name, i) => field(arrow, name, types[i]!));
  const schema = new arrow.Schema(fields);
  if (reader.currentRowCount === 0) return new arrow.Table(schema);
  const vectors = reader.getColumnsJS().map((values, i): [string, Vector] => {
    const { type } = fields[i]!;
    // Under keys of no meaning: an object would put names that are numbers ("2020", of a PIVOT) first.
    return [
      `column ${i}`,
      arrow.vectorFromArray(
        values.map((value) => toArrowValue(value, type, arrow)),
        type,
      ),
    ];
  });
  return new arrow.Table(schema, Object.fromEntries(vectors));
}

function arrowType(arrow: Arrow, type: DuckDBType): DataType {
  const name = String(type);
  if ("valueType" in type && !("keyType" in type))
    return new arrow.List(field(arrow, "item", type.valueType as DuckDBType));
  switch (name) {
    case "BOOLEAN":
      return new arrow.Bool();
    case "TINYINT":
      return new arrow.Int8();
    case "SMALLINT":
      return new arrow.Int16();
    case "INTEGER":
      return new arrow.Int32();
    case "BIGINT":
      return new arrow.Int64();
    case "UTINYINT":
      return new arrow.Uint8();
    case "USMALLINT":
      return new arrow.Uint16();
    case "UINTEGER":
      return new arrow.Uint32();
    case "UBIGINT":
      return new arrow.Uint64();
    case "FLOAT":
      return new arrow.Float32();
    case "DOUBLE":
    case "HUGEINT":
    case "UHUGEINT":
      return new arrow.Float64();
    case "DATE":
      return new arrow.DateDay();
    case "BLOB":
    case "BIT":
      return new arrow.Binary();
  }
  if (name.startsWith("DECIMAL")) return new arrow.Float64();
  return name.startsWith("TIMESTAMP") ? new arrow.TimestampMillisecond() : new arrow.Utf8();
}

function field(arrow: Arrow, name: string, type: DuckDBType) {
  return arrow.Field.new({ name, type: arrowType(arrow, type), nullable: true });
}

function toArrowValue(value: unknown, type: DataType, arrow: Arrow): unknown {
  if (value === null || value === undefined) return null;
  const { DataType } = arrow;
  if (DataType.isList(type)) {
    const item = type.children[0]!.type;
    return (value as readonly unknown[]).map((each) => toArrowValue(each, item, arrow));
  }
  if (DataType.isInt(type) && type.bitWidth === 64) return BigInt(value as number | bigint);
  if (DataType.isFloat(type)) return Number(value);
  if (!DataType.isUtf8(type) || typeof value === "string") return value;
  const plain = toUserValue(value);
  return typeof plain === "string" ? plain : JSON.stringify(plain);
}
