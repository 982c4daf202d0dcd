import { expect, test } from "vitest";
import { createConverter, typescript } from "../../../interpreter/sessions/typescript/tslab/converter.ts";
import { createEarlierDeclarations } from "../../../interpreter/sessions/typescript/tslab/earlier-declarations.ts";

const earlier = createEarlierDeclarations(typescript);
const converter = createConverter(import.meta.dirname);

/** What is declared once these cells have run. */
function declaredBy(cells: readonly string[], before = ""): string {
  return cells.reduce((declarations, cell) => {
    const { diagnostics, declOutput } = converter.convert(declarations, cell);
    expect(diagnostics.map(({ messageText }) => messageText)).toEqual([]);
    return declOutput ?? "";
  }, before);
}

function problemsOf(cell: string, declarations: string): string[] {
  return converter.convert(declarations, cell).diagnostics.map(({ messageText }) => messageText);
}

const filler = (count: number) =>
  Array.from({ length: count }, (_, i) => `const x${i} = { n: ${i} }; function f${i}(a: number) { return a; }`).join(
    "\n",
  );

test("the compiler is given what a cell needs, however many cells were before", () => {
  const few = declaredBy([filler(3)]);
  const many = declaredBy([filler(300)]);
  expect(many.match(/\bf\d+\(/g)).toHaveLength(300);
  for (const code of ["1 + 1", "const y = f1(x2.n)"]) {
    expect(earlier(many, code).text.length).toBe(earlier(few, code).text.length);
  }
  expect(earlier(many, "1 + 1").text).toBe("");
});

const CELLS = [
  "interface Moon { name: string }\ntype Moons = Moon[]",
  "namespace units { export const km = 1; export interface Length { km: number } }\nenum Kind { rock, gas }",
  "import { readFileSync as read } from 'node:fs';\nimport * as path from 'node:path'",
  "class Planet { moons: Moons = []; kind = Kind.gas; get radius(): units.Length { return { km: 1 }; } }",
  "const planets = [new Planet()];\nconst biggest = planets[0], { a, b: [c] } = { a: 1, b: ['c'] };",
  "function over(n: number): number; function over(n: string): string; function over(n: any) { return n; }",
];

test("a cell sees the types of what it names, and those that they are made of", () => {
  const declarations = declaredBy([...CELLS, filler(20)]);
  const sees = {
    "planets[0].moons[0].name.length": [],
    "const n: number = biggest.radius.km * units.km; const text: string = read(path.join('a', c), 'utf8');": [],
    "[over(1).toFixed(), over('1').trim(), Kind.rock]": [],
    "\\u0070lanets.length": [], // planets
    "const s: string = planets[0].radius.km": ["Type 'number' is not assignable to type 'string'."],
    "let m: Moons = [{ nam: 'Io' }]": [
      "Type '{ nam: string; }' is not assignable to type 'Moon'.",
      "  Object literal may only specify known properties, but 'nam' does not exist in type 'Moon'. Did you mean to write 'name'?",
    ],
  };
  for (const [cell, problems] of Object.entries(sees)) {
    expect(problemsOf(cell, declarations).map((problem) => problem.trim())).toEqual(problems.map((p) => p.trim()));
  }
});

test("a misspelt name is told the earlier one that it is like", () => {
  expect(problemsOf("plannets.length", declaredBy([...CELLS, filler(20)]))).toEqual([
    "Cannot find name 'plannets'. Did you mean 'planets'?",
  ]);
});

test("what a cell leaves alone stays declared, in its place; what it declares anew comes first", () => {
  const before = declaredBy([...CELLS, "const first = 1;", "let second = first;"]);
  const after = declaredBy(["const planets = 'none'; first"], before);
  expect(after.startsWith('declare const planets = "none";\n')).toBe(true);
  expect(problemsOf("const t: 'none' = planets; const p: Planet = biggest; units.km", after)).toEqual([]);
  const names = (text: string) => text.match(/\b(second|first|biggest|Planet|Kind|units|Moon)\b(?=[:; ]|$)/gm);
  expect(names(after.replace(/.*\n/, ""))).toEqual(names(before));
});
