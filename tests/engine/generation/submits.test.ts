import { expect, test } from "vitest";
import { inParts } from "../../../engine/gpu/runner.ts";
import type { Dispatch } from "../../../engine/shader.ts";

test("a long step is submitted in parts, in its order, none with more products than are allowed", () => {
  const dispatches = [3, undefined, 4, 4, undefined, 20, 1, 9].map((products, i) => dispatch(`${i}`, products));
  const parts = inParts(dispatches, 10).map((part) => part.map(({ label }) => label).join(" "));
  expect(parts).toEqual(["0 1 2", "3 4", "5", "6 7"]); // the 5th has too many by itself
});

test("a token's step is one submit", () => {
  const layers = Array.from({ length: 28 }, (_, i) => dispatch(`${i}`, 233_000_000)); // of a model of 7B
  expect(inParts(layers)).toEqual([layers]);
});

function dispatch(label: string, products: number | undefined): Dispatch {
  return { label, ...(products !== undefined && { products }) } as Dispatch;
}
