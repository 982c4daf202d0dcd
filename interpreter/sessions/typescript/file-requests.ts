// How a data file of the folder is read: described by another process, for which the kernel is asked.
import type { DescribedFile } from "../sql/reader/messages.ts";
import { send } from "./frames-out.ts";
import type { ToChild } from "./messages.ts";

const waiting = new Map<number, { resolve: (file: DescribedFile) => void; reject: (error: Error) => void }>();
let nextId = 1;

export function describeFile(name: string): Promise<DescribedFile> {
  const id = nextId++;
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject });
    send({ type: "file-request", id, name });
  });
}

export function answerFileRequest({ id, file, error = "no answer" }: Extract<ToChild, { type: "file-answer" }>): void {
  const asked = waiting.get(id);
  waiting.delete(id);
  if (file) asked?.resolve(file);
  else asked?.reject(new Error(error));
}
