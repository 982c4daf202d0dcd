import { expect, test } from "vitest";
import type { PythonSession } from "../../../interpreter/index.ts";
import { pythonMagic } from "../../../kernel/magics/python.ts";
import { fakeSession, noPython } from "../../interpreter/fake-session.ts";
import { fakeCell } from "./fake-cell.ts";

/** Runs a cell that is interrupted, and then ends so. @returns what it prints */
async function interrupted(ename: string, evalue: string): Promise<string> {
  const cell = fakeCell();
  const python: PythonSession = {
    ...noPython(),
    async execute() {
      cell.controller.abort();
      return { status: "error", error: { ename, evalue, traceback: [] } };
    },
  };
  const running = pythonMagic({ session: fakeSession(), python }).run({ args: "", text: "work()" }, cell);
  await expect(running).rejects.toMatchObject({ name: "AbortError" });
  return cell.text();
}

test("an interrupt that cost Python's variables says so", async () => {
  expect(await interrupted("PythonEnded", "the kernel ended; its variables are lost")).toBe(
    "the kernel ended; its variables are lost\n",
  );
  expect(await interrupted("KeyboardInterrupt", "")).toBe("");
});
