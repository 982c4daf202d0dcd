// The same notebook through both compilers of cells: where tslab's can run it, ours gives the same.
import { afterAll, beforeAll, expect, test } from "vitest";
import { type NotebookSession, openNotebook, plain } from "./notebook-session.ts";

const files = {
  "lib/twice.ts": "import { factor } from './factor';\nexport const twice = (n: number): number => n * factor;",
  "lib/factor.ts": "export const factor = 2;",
  "data.json": '{ "answer": 42 }',
};
let own: NotebookSession;
let tslab: NotebookSession;

beforeAll(async () => {
  own = await openNotebook({ files });
  tslab = await openNotebook({ files, compiler: "tslab" });
});
afterAll(() => Promise.all([own[Symbol.asyncDispose](), tslab[Symbol.asyncDispose]()]));

/** A notebook: in order, each seeing those before it. */
const CELLS = [
  "interface Car { name: string; mpg: number }\nconst cars: Car[] = [{ name: 'a', mpg: 1 }, { name: 'b', mpg: 3 }];",
  "cars.map(({ mpg }) => mpg)",
  "const mean = (of: Car[]) => of.reduce((sum, { mpg }) => sum + mpg, 0) / of.length;\nlet best = cars[0];",
  "for (const car of cars) if (car.mpg > best.mpg) best = car;\n[mean(cars), best.name]",
  "class Fleet<T extends Car> { constructor(readonly cars: T[]) {} get size() { return this.cars.length } }\nenum Kind { Old, New = 4 }",
  "const fleet = new Fleet(cars);\n({ size: fleet.size, kind: Kind[4], cars: fleet.cars.length })",
  "import { twice } from './lib/twice.ts';\nimport data from './data.json';\n[twice(data.answer), data.answer]",
  "import { basename } from 'node:path';\nconst files = await Promise.all(['x/y.ts'].map(async (f) => basename(f)));\nfiles",
  "twice(files.length)",
  "const cars = 'none';\ncars.length",
  "best.name + mean([best])",
  "function* ids() { let i = 0; while (i < 3) yield i++; }\n[...ids()]",
  "const { name, ...others } = best;\n[name, others]",
  "try { JSON.parse('{') } catch (error) { (error as Error).name }\nname",
  "import * as t from 'tslab';\ntypeof t.display.html",
  "() => 1",
];

test("each cell shows the same", async () => {
  for (const cell of CELLS) {
    const [ours, theirs] = [await own.result(cell), await tslab.result(cell)];
    expect(plain(ours), cell).toBe(plain(theirs));
  }
});

test("each error is told at the same place", async () => {
  for (const cell of [
    "best.nam",
    "1 +",
    "const x: number = 'a'",
    "notThere",
    "throw new TypeError('x')",
    "\n\nmean(5)",
  ]) {
    const [ours, theirs] = [await own.failure(cell), await tslab.failure(cell)];
    const places = ({ ename, evalue, traceback }: typeof ours) => [
      ename,
      evalue.match(/\(\d+:\d+\)$/)?.[0],
      traceback.at(-1)?.match(/:\d+:\d+$/)?.[0],
    ];
    expect(places(ours), cell).toEqual(places(theirs));
  }
});

test("the same variables are listed", async () => {
  const names = async ({ session }: NotebookSession) =>
    (await session.variables()).map(({ name, type }) => `${name}: ${type}`).sort();
  const ofTslab = await names(tslab);
  expect(ofTslab).toContain("mean: (of: Car[]) => number");
  expect(await names(own)).toEqual(ofTslab);
});
