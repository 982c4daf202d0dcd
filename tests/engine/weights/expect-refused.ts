import { expect } from "vitest";

/** In one line: file, field and problem. @param file that the error names, or a folder that it lies in */
export async function expectRefused(opening: Promise<unknown>, file: string, message: RegExp): Promise<void> {
  const error = await opening.then(
    () => new Error("it was opened"),
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ message: expect.stringMatching(message) });
  expect(error).toMatchObject({ code: expect.stringMatching(/^(bad-model-file|unsupported-model)$/) });
  const text = (error as Error).message;
  expect(text).toMatch(/^\P{Cc}+: \P{Cc}+: \P{Cc}+$/u);
  expect(text).toContain(file);
}
