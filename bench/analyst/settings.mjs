// What the analyst is asked with: one part of what it brings after another.
import { runTypeScript } from "../../dist/interpreter/index.js";

const ARRAYS = `You analyse data in a TypeScript notebook. The tables are arrays of objects, in variables.
To compute something write one \`\`\`typescript code block; the value of its last line is shown to you. Then answer in one sentence.`;

export const ARRAY_EXAMPLES = [
  [
    "Question: What is the mean price by city?",
    `\`\`\`typescript
const sums = new Map<string, { sum: number; count: number }>();
for (const { city, price } of sales) {
  const entry = sums.get(city) ?? { sum: 0, count: 0 };
  sums.set(city, { sum: entry.sum + price, count: entry.count + 1 });
}
[...sums].map(([city, { sum, count }]) => ({ city, mean: sum / count }))
\`\`\``,
  ],
  ["Result:\n[{ city: 'Lyon', mean: 4 }, { city: 'Oslo', mean: 9 }]", "The mean price is 4 in Lyon and 9 in Oslo."],
  [
    "Question: How many sales in 2020 had a price over 5?",
    `\`\`\`typescript
sales.filter(({ year, price }) => year === 2020 && price > 5).length
\`\`\``,
  ],
  ["Result:\n12", "12 sales in 2020 had a price over 5."],
].flatMap(([user, assistant]) => [
  { role: "user", content: user },
  { role: "assistant", content: assistant },
]);

/**
 * What each brings, one after another. bare: the names of the files only. schema: their columns, types and values.
 * grammar: what is a chart or a test, or names a function, is answered under a JSON schema with the real names. repair:
 * errors go back to the model. full, as users have it: small mistakes are put right before that.
 * The compiler's part is seen where the tables are typed arrays, and there is no SQL. typescript: what the model writes
 * is compiled before it runs, and goes back if it has an error; unchecked: it just runs, and what it throws goes back.
 */
export const SETTINGS = {
  bare: { schema: false, grammar: false, mend: false, maxRepairs: 0 },
  schema: { schema: true, grammar: false, mend: false, maxRepairs: 0 },
  grammar: { schema: true, grammar: true, mend: false, maxRepairs: 0, as: "schema" },
  repair: { schema: true, grammar: true, mend: false, maxRepairs: 3, as: "grammar" },
  full: { schema: true, grammar: true, mend: true, maxRepairs: 3, as: "grammar" },
  typescript: { schema: true, maxRepairs: 3, tools: [runTypeScript], system: ARRAYS },
  unchecked: { schema: true, maxRepairs: 3, tools: [unchecked(runTypeScript)], system: ARRAYS, as: "typescript" },
};

/** The same tool without the compiler: what is wrong shows when it runs, or never. */
function unchecked(tool) {
  const asItIs = (args) => JSON.stringify({ code: `// @ts-nocheck\n${JSON.parse(args).code}` });
  return { ...tool, check: async () => {}, call: (args, context) => tool.call(asItIs(args), context) };
}
