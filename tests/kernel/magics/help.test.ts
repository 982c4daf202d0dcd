import { expect, test } from "vitest";
import { signed } from "../../../kernel/magics/find-magic.ts";
import { createMagics } from "../../../kernel/magics/index.ts";
import { type ModelServices, newNotebookState } from "../../../kernel/model/services.ts";
import { fakeCell } from "./fake-cell.ts";

const magics = createMagics({ approve: "ask", mode: { current: "code" } } as ModelServices, newNotebookState("ask")); // as: no magic that needs more runs here
const run = async (name: string, args: string) => {
  const cell = fakeCell();
  await magics.find((magic) => magic.name === name)!.run({ args, text: "" }, cell);
  return cell.text();
};

/** Beside the usage, or on the line below it. */
const line = (usage: string, help: string) => new RegExp(`^  ${[usage, help].map(quoted).join("\\s+")}$`, "m");
const quoted = (text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");

test("%help lists every magic with its usage", async () => {
  const text = await run("help", "");
  for (const { usage, help } of magics) expect(text).toMatch(line(usage, help));
});

test("%help NAME tells about one, with or without its sign", async () => {
  for (const name of ["agent", "%%agent"]) expect(await run("help", name)).toMatch(/^%%agent .*\nLets the model/);
  await expect(run("help", "agnt")).rejects.toThrow("did you mean %agent?");
  await expect(run("help", "nosuch")).rejects.toThrow(/^there is no magic nosuch; %help lists all$/);
});

test("a name is used once", () => {
  const names = magics.map(signed);
  expect(new Set(names).size).toBe(names.length);
});
