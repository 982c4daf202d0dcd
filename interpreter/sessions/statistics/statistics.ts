// Statistics of a table's columns, as a flat list of choices: for people, and for models.
import { z } from "zod";
import type { RunQuery } from "../charts/chart-data.ts";
import type { Asked } from "./asked.ts";
import { RUN } from "./run-test.ts";
import { need, StatisticsError } from "./statistics-error.ts";
import { METHODS, type StatisticsOptions, type StatisticsResult, TESTS } from "./statistics-types.ts";
import { FORMS, SETTINGS } from "./test-forms.ts";

const COLUMN = z.string().min(1);

export const STATISTICS_OPTIONS = z.object({
  table: z.string().min(1).describe("a table's name, or a SELECT"),
  test: z.enum(TESTS),
  x: z.union([COLUMN, z.array(COLUMN).min(1)]).describe("column; of t-test and anova the groups"),
  y: COLUMN.optional().describe("column"),
  method: z.enum(METHODS).optional(),
  threshold: z.number().positive().optional(),
  clusters: z.int().min(2).max(50).optional(),
  scale: z.boolean().optional(),
  period: z.int().min(2).optional(),
  testShare: z.number().gt(0).lt(1).optional(),
  seed: z.int().min(0).max(4294967295).optional(),
  confidence: z.number().gt(0).lt(1).optional(),
});

/** @throws StatisticsError, SqlError */
export async function runStatistics(options: StatisticsOptions, run: RunQuery): Promise<StatisticsResult> {
  const parsed = STATISTICS_OPTIONS.strict().safeParse(options);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new StatisticsError(`statistics: ${issue?.path.join(".") || "options"}: ${issue?.message}`);
  }
  return RUN[parsed.data.test](asked(parsed.data, run));
}

/** What is asked, held against what the test takes. */
function asked(options: z.output<typeof STATISTICS_OPTIONS>, run: RunQuery): Asked {
  const { table, test, y, method } = options;
  const form = FORMS[test];
  const x = typeof options.x === "string" ? [options.x] : options.x;
  need(form.x === "columns" || x.length === 1, `${test} takes one column x, and there are ${x.length}`);
  need(form.hasY || y === undefined, `${test} takes no y: its columns are x`);
  need(!form.hasY || y !== undefined, `${test} needs a column y`);
  const isAmongX = y !== undefined && x.some((name) => name.toLowerCase() === y.toLowerCase());
  need(!isAmongX, `${y} would be explained by itself: leave it out of x`);
  need(
    method === undefined || form.methods.includes(method),
    form.methods.length === 0
      ? `${test} has one method: leave method out`
      : `${test} has no method ${method}; it has ${form.methods.join(", ")}`,
  );
  const strange = SETTINGS.find((name) => options[name] !== undefined && !form.settings.includes(name));
  need(strange === undefined, `${test} takes no ${strange}`);
  return { ...options, table, x, y: y ?? "", method: method ?? form.methods[0], run };
}
