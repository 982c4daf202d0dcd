import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { shaderHash } from "../../engine/shader-hash.ts";

test("shaders have another hash once a file of WGSL, or a program that joins them, is another; others do not count", async () => {
  const folder = await mkdtemp(join(tmpdir(), "qwenlab-shaders-"));
  try {
    const hash = (prefix?: string) => shaderHash(prefix, pathToFileURL(`${folder}/`));
    const write = (name: string, text: string) => writeFile(join(folder, name), text);
    await write("linear-rows.wgsl", "a");
    await write("rope.wgsl", "b");
    await write("rope.js", "c");
    const [all, linear] = [await hash(), await hash("linear-")];
    await write("rope.d.ts", "d");
    await write("rope.js.map", "e");
    expect(await hash()).toBe(all);
    await write("rope.js", "d");
    const ofOtherProgram = await hash();
    await write("rope.wgsl", "c");
    const ofOtherWgsl = await hash();
    expect(new Set([all, ofOtherProgram, ofOtherWgsl]).size).toBe(3);
    expect(await hash("linear-")).toBe(linear);
    await write("linear-rows.wgsl", "b");
    expect(await hash("linear-")).not.toBe(linear);
  } finally {
    await rm(folder, { recursive: true });
  }
});
