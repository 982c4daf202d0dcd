// What a hub answers about a repository, whose files' contents are their names, again and again.
import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { type Answer, serving } from "./file-server.ts";

export const contentOf = (path: string) => Buffer.alloc(3000, path);
export const sha256Of = (path: string) => createHash("sha256").update(contentOf(path)).digest("hex");

export type Listed = Readonly<Record<string, unknown>>;
export const huggingFaceFile = (path: string): Listed => ({
  type: "file",
  path,
  size: contentOf(path).length,
  oid: "0123456789abcdef0123456789abcdef01234567",
  lfs: { oid: sha256Of(path), size: contentOf(path).length, pointerSize: 135 },
});
/** A small one, of which git's hash is told alone. */
export const smallHuggingFaceFile = (path: string): Listed => {
  const content = contentOf(path);
  const oid = createHash("sha1").update(`blob ${content.length}\0`).update(content).digest("hex");
  return { type: "file", path, size: content.length, oid };
};
const modelscopeFile = (path: string): Listed => ({
  ...{ Type: "blob", Path: path, Name: path.split("/").at(-1), Size: contentOf(path).length, Sha256: sha256Of(path) },
});

/** Answers both hubs' questions for a repository with these files. */
export function hubOf(...paths: readonly string[]): Answer {
  return hubAnswering({
    huggingface: [
      { type: "directory", path: "sub", size: 0 },
      ...paths.map((path) => (/\.(gguf|safetensors)$/.test(path) ? huggingFaceFile(path) : smallHuggingFaceFile(path))),
    ],
    modelscope: { Code: 200, Data: { Files: [{ Type: "tree", Path: "sub" }, ...paths.map(modelscopeFile)] } },
  });
}

/** @param fileAnswer default: the file */
export function hubAnswering(
  lists: { readonly huggingface?: unknown; readonly modelscope?: unknown },
  fileAnswer?: Answer,
): Answer {
  return (request: IncomingMessage, response: ServerResponse) => {
    const { pathname } = new URL(request.url ?? "", "http://hub");
    const list = /^\/api\/models\//.test(pathname) ? lists.huggingface : lists.modelscope;
    const file = /\/resolve\/\w+\/(.+)$/.exec(pathname)?.[1];
    if (file !== undefined) (fileAnswer ?? serving(contentOf(decodeURIComponent(file))))(request, response);
    else if (list === undefined) response.writeHead(404).end("{}");
    else response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(list));
  };
}
