// Whether an answer is right, decided by code: the values that the reference query gives must be in what the user sees.

const NO_ANSWER =
  /\b(no (such )?(column|data|information|field)|not (have|contain|include|available|possible|in the)|cannot|can't|does not|doesn't|ne peut pas|n'a pas|pas de|aucune?|no (hay|tiene|contiene|existe|se puede|puede)|impossible)\b|没有|无法|不能|不存在|ありません|できません|ない/i;

/**
 * @param seen what the user sees: { answer, tables: [{ columns, rows, rowCount }], chart }
 * @returns "right" | "wrong" | "gave up"
 */
export function judge(question, seen, expectedRows) {
  if (seen.end !== "answered") return "gave up";
  if (question.impossible) return isRefusal(seen) ? "right" : "wrong";
  if (question.chart) return isChart(question.chart, seen.chart) ? "right" : "wrong";
  return holds(question, seen, expectedRows) ? "right" : "wrong";
}

function isRefusal({ answer, chart }) {
  return chart === undefined && NO_ANSWER.test(answer);
}

/**
 * One value: it is in the sentence, or the last table is one row that holds it. Several rows: the last table has as many
 * rows, each with its values; up to five rows may be told in the sentence instead.
 */
function holds(question, { answer, tables }, expected) {
  const table = tables.at(-1);
  const alternatives = question.alt ?? [];
  if (alternatives.some((text) => answer.includes(text))) return true;
  const inAnswer = expected.flat().every((value) => inText(value, answer));
  const rows = table ? table.rows.map((row) => Object.values(row)) : [];
  if (expected.length === 1) {
    const first = rows[0] ?? [];
    const isOne = rows.length === 1 || table?.limited;
    return inAnswer || (isOne && expected[0].every((value) => first.some((cell) => same(value, cell))));
  }
  if (expected.length <= 5 && inAnswer) return true;
  if (rows.length < expected.length || rows.length > expected.length + 2) return false; // a row for NULL, or a total
  return expected.every((wanted) => rows.some((row) => wanted.every((value) => row.some((cell) => same(value, cell)))));
}

function inText(value, text) {
  if (!isNumber(value)) return text.toLowerCase().includes(String(value).toLowerCase());
  const numbers = text.match(/-?\d[\d,.\u202f\u00a0]*\d|-?\d/g) ?? [];
  return numbers.some((found) => readings(found).some((number) => near(Number(value), number)));
}

/** "1,234.5", "1.234,5", "0,83" */
function readings(text) {
  const bare = text.replace(/[\u202f\u00a0]/g, "");
  return [bare.replaceAll(",", ""), bare.replaceAll(".", "").replace(",", ".")].map(Number).filter(Number.isFinite);
}

function same(value, cell) {
  if (/^\d{4}$/.test(String(value)) && String(cell).startsWith(`${value}-01-01`)) return true; // a year, as its first day
  if (isNumber(value)) return cell !== null && cell !== "" && near(Number(value), Number(cell));
  const text = String(cell ?? "").replace(/^"|"$/g, "");
  return text === String(value) || text.startsWith(`${value}T`) || text.toLowerCase() === String(value).toLowerCase();
}

function isNumber(value) {
  return typeof value === "number" || (typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value));
}

/** Equal to three digits; or rounded as people round. */
function near(wanted, found) {
  if (wanted === found) return true;
  if (Number.isInteger(wanted) && Math.abs(wanted) < 10_000) return false; // a count is right or wrong
  const byShare = Math.abs(wanted - found) <= 0.002 * Math.abs(wanted);
  const rounded = [0, 1, 2].some((digits) => Math.abs(wanted) >= 10 && Number(wanted.toFixed(digits)) === found);
  return byShare || rounded || (Math.abs(wanted) < 10 && Math.abs(wanted - found) <= 0.006);
}

function isChart(wanted, spec) {
  if (spec === undefined) return false;
  const mark = typeof spec.mark === "string" ? spec.mark : spec.mark.type;
  const fields = Object.values(spec.encoding).map(({ field, title }) => `${field} ${title}`.replaceAll("\\", ""));
  const has = (name) => fields.some((field) => field.includes(name));
  const names = [wanted.x, wanted.y, wanted.color, ...(wanted.fields ?? [])].filter(Boolean);
  if (mark !== wanted.mark || !names.every(has)) return false;
  if (wanted.bin && !spec.encoding.x?.bin) return false;
  const aggregates = { mean: /mean of|avg|mean|average/i, count: /count/i };
  return wanted.aggregate === undefined || fields.some((field) => aggregates[wanted.aggregate].test(field));
}
