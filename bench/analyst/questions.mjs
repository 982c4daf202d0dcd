// The questions of all parts, the folders that they are about, and the rows that the reference queries give.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { prepareTables } from "./tables.mjs";
import { prepareUnseen } from "./unseen/prepare.mjs";

const PARTS = ["work", "kept", "looked-at", "unseen"];

/** Of the unseen half, what has been looked at since: of these tables the answers of the first run. */
const LOOKED_AT = new Set(["cafe", "delays", "ferries", "flats"]);
const isOfUnseenHalf = (part) => part === "unseen" || part === "looked-at";

/** @param text "work,kept", or "all" */
export function namedParts(text) {
  const parts = text === "all" ? PARTS : text.split(",");
  const unknown = parts.find((part) => !PARTS.includes(part));
  if (unknown === undefined) return parts;
  throw new Error(`--part ${unknown}: the parts are ${PARTS.join(", ")} and all`);
}

/** @returns each with its number and its part; those of the first two parts alternate in pairs */
export function readQuestions(parts = PARTS) {
  const first = lines("questions.jsonl").map((question, i) => ({ ...question, part: i % 4 < 2 ? "work" : "kept" }));
  const unseen = lines("unseen/questions.jsonl").map((question) => {
    return { ...question, part: LOOKED_AT.has(question.set) ? "looked-at" : "unseen" };
  });
  const all = [...first, ...unseen].map((question, i) => ({ lang: "en", ...question, id: i + 1 }));
  return all.filter(({ part }) => parts.includes(part));
}

function lines(file) {
  return readFileSync(new URL(file, import.meta.url), "utf8")
    .trim()
    .split("\n")
    .map(JSON.parse);
}

/**
 * @param parts whose tables are made, or fetched
 * @returns folders: set -> folder; referenceOf(question): what its queries give, for check/judge.mjs
 */
export async function prepareSets(cache, parts) {
  const unseen = parts.some(isOfUnseenHalf) ? await prepareUnseen(join(cache, "unseen")) : undefined;
  const folders = parts.some((part) => !isOfUnseenHalf(part)) ? prepareTables(cache) : {};
  const files = await (await DuckDBInstance.create(":memory:")).connect();
  return {
    folders: { ...folders, ...unseen?.folders },
    async referenceOf(question) {
      const isUnseen = isOfUnseenHalf(question.part);
      const connection = isUnseen ? unseen.reference : files;
      await connection.run(isUnseen ? `USE ${question.set}` : `SET file_search_path = '${folders[question.set]}'`);
      return referenceRows(connection, question);
    },
  };
}

/** @param connection sees the tables of the question's set */
export async function referenceRows(connection, { sql, or = [], wrong = [] }) {
  const rowsOf = async (query) => (await connection.runAndReadAll(query)).getRowsJson();
  const allOf = async (queries) => {
    const all = [];
    for (const query of queries) all.push(await rowsOf(query));
    return all;
  };
  return { rows: sql ? await rowsOf(sql) : [], or: await allOf(or), wrong: await allOf(wrong) };
}
