// How people have their tables: values written as in their country, and the files that hold them.
import { crc32 } from "node:zlib";

/** 1234.5 as "1.234,50", for two digits, "." and ",". A missing value is an empty cell. */
export function written(value, digits, thousands, decimal) {
  if (value === null) return "";
  const [whole, part] = Math.abs(value).toFixed(digits).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, thousands);
  return `${value < 0 ? "-" : ""}${grouped}${part === undefined ? "" : decimal + part}`;
}

/** "2024-03-05" as "05.03.2024", for "." */
export function dayFirst(day, separator) {
  return day.split("-").reverse().join(separator);
}

/** @param lines a list of cells for each line, the names first */
export function delimited(lines, separator) {
  const quoted = (cell) => (new RegExp(`["\\n${separator}]`).test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
  return `${lines.map((cells) => cells.map((cell) => quoted(String(cell ?? ""))).join(separator)).join("\n")}\n`;
}

/** Windows-1252: Latin-1, but for the euro sign. */
export function windows1252(text) {
  return Buffer.from(text.replaceAll("€", "\x80"), "latin1");
}

/**
 * @param sheets { name: lines }; a cell is a text, a number, a boolean, null or { day: "2024-03-05" }
 * @returns the bytes of an .xlsx: a zip of XML that is stored, not packed
 */
export function workbook(sheets) {
  const names = Object.keys(sheets);
  const numbered = (make) => names.map((name, i) => make(i + 1, name)).join("");
  const parts = {
    "[Content_Types].xml": `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${SPREADSHEET}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="${SPREADSHEET}.styles+xml"/>${numbered((i) => `<Override PartName="/xl/worksheets/sheet${i}.xml" ContentType="${SPREADSHEET}.worksheet+xml"/>`)}</Types>`,
    "_rels/.rels": relationships(relationship(1, "officeDocument", "xl/workbook.xml")),
    "xl/workbook.xml": `<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}"><sheets>${numbered((i, name) => `<sheet name="${name}" sheetId="${i}" r:id="rId${i}"/>`)}</sheets></workbook>`,
    "xl/_rels/workbook.xml.rels": relationships(
      numbered((i) => relationship(i, "worksheet", `worksheets/sheet${i}.xml`)) +
        relationship(names.length + 1, "styles", "styles.xml"),
    ),
    "xl/styles.xml": `<styleSheet xmlns="${MAIN}"><fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>`,
  };
  names.forEach((name, i) => {
    parts[`xl/worksheets/sheet${i + 1}.xml`] = sheetXml(sheets[name]);
  });
  return zip(parts);
}

const SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml";
const MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const EXCEL_EPOCH = Date.UTC(1899, 11, 30);

function relationships(inner) {
  return `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${inner}</Relationships>`;
}

function relationship(id, type, target) {
  return `<Relationship Id="rId${id}" Type="${RELATIONS}/${type}" Target="${target}"/>`;
}

function sheetXml(lines) {
  const rows = lines.map((cells, row) => {
    const inner = cells.map((cell, column) => cellXml(cell, `${String.fromCharCode(65 + column)}${row + 1}`));
    return `<row r="${row + 1}">${inner.join("")}</row>`;
  });
  return `<worksheet xmlns="${MAIN}"><sheetData>${rows.join("")}</sheetData></worksheet>`;
}

function cellXml(cell, at) {
  if (cell === null) return "";
  if (typeof cell === "number") return `<c r="${at}"><v>${cell}</v></c>`;
  if (typeof cell === "boolean") return `<c r="${at}" t="b"><v>${Number(cell)}</v></c>`;
  if (cell.day) return `<c r="${at}" s="1"><v>${(Date.parse(cell.day) - EXCEL_EPOCH) / 86_400_000}</v></c>`;
  const text = cell.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return `<c r="${at}" t="inlineStr"><is><t>${text}</t></is></c>`;
}

function zip(parts) {
  const locals = [];
  const directory = [];
  let offset = 0;
  for (const [name, text] of Object.entries(parts)) {
    const data = Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>${text}`);
    const about = Buffer.alloc(26); // version, flags, method 0, time, sum, sizes, length of the name, no extra field
    about.writeUInt16LE(20, 0);
    about.writeUInt32LE(crc32(data), 10);
    about.writeUInt32LE(data.length, 14);
    about.writeUInt32LE(data.length, 18);
    about.writeUInt16LE(Buffer.byteLength(name), 22);
    const where = Buffer.alloc(14); // comment, disk, attributes, and where the file begins
    where.writeUInt32LE(offset, 10);
    const local = Buffer.concat([Buffer.from("PK\x03\x04"), about, Buffer.from(name), data]);
    locals.push(local);
    directory.push(Buffer.from("PK\x01\x02"), Buffer.from([20, 0]), about, where, Buffer.from(name));
    offset += local.length;
  }
  const end = Buffer.alloc(18);
  const count = Object.keys(parts).length;
  end.writeUInt16LE(count, 4);
  end.writeUInt16LE(count, 6);
  end.writeUInt32LE(Buffer.concat(directory).length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...locals, ...directory, Buffer.from("PK\x05\x06"), end]);
}
