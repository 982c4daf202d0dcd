import { rewritten } from "../../../interpreter/agent/rewrites/index.ts";
import { codeThatRan, rowsOf, runSql, type ToolContext } from "../../../interpreter/index.ts";

/** What a query is read as that a small model wrote for a question, and what that gives. `before` is the query before it. */
export async function readQuery(context: () => ToolContext, question: string, query: string, before = "") {
  const { session } = context();
  const run = async (text: string) => {
    const { facts = [] } = await runSql.call(JSON.stringify({ query: text }), { ...context(), question });
    return { result: rowsOf(facts), code: codeThatRan(facts) ?? text };
  };
  const first = await run(query).catch(() => ({ result: undefined, code: query }));
  const meant = await rewritten(first.code, {
    question,
    standsAlone: before === "",
    tables: await session.tables(),
    result: first.result,
    before,
    earlier: "",
    look: (text) => session.sql(text, { locked: true, isQuiet: true, maxRows: 100 }),
  });
  const { result } = meant ? await run(meant.query) : first;
  return { rows: result?.rows.map((row) => Object.values(row)), note: meant?.note, query: meant?.query ?? first.code };
}
