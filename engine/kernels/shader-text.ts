import { readFileSync } from "node:fs";

const shaders = new Map<string, string>(); // each layer's kernels are put together from the same ones

/** The text of a file beside this one, to stand in front of another. */
export function readShader(file: string): string {
  const text = shaders.get(file) ?? `${readFileSync(new URL(file, import.meta.url), "utf8")}\n`;
  shaders.set(file, text);
  return text;
}

/** `const NAME = 1u;` for each. */
export function declare(numbers: Readonly<Record<string, number>>): string {
  return Object.entries(numbers)
    .map(([name, value]) => `const ${name} = ${value}u;\n`)
    .join("");
}
