import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A text, or one that goes on until the client leaves. */
export type ServedAnswer = string | { readonly endless: string };

export interface ModelServer extends AsyncDisposable {
  readonly url: string;
  readonly answers: ServedAnswer[]; // to come, in order; then "Done."
  readonly picks: string[]; // files to name, in order, where it is asked which table is meant; then "none"
  readonly prompts: string[]; // what was sent beside that, as JSON
  readonly left: number; // clients that went away in mid-answer
}

/** An OpenAI-compatible server on loopback that gives the answers it is told to. */
export async function startModelServer(model: string): Promise<ModelServer> {
  const answers: ServedAnswer[] = [];
  const picks: string[] = [];
  const prompts: string[] = [];
  let left = 0;
  const server = createServer(async (request, response) => {
    if (request.method === "GET") return void response.end(JSON.stringify({ data: [{ id: model }] }));
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const prompt = Buffer.concat(chunks).toString();
    if (isWhichTable(prompt)) return end(response, JSON.stringify({ table: picks.shift() ?? "none" }));
    prompts.push(prompt);
    response.on("close", () => {
      if (!response.writableEnded) left++;
    });
    const answer = answers.shift() ?? "Done.";
    if (typeof answer === "string") end(response, answer);
    else goOn(response, answer.endless);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    answers,
    picks,
    prompts,
    get left() {
      return left;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function isWhichTable(prompt: string): boolean {
  const { properties } = JSON.parse(prompt).response_format?.json_schema?.schema ?? {};
  return Object.keys(properties ?? {}).join() === "table";
}

function end(response: ServerResponse, text: string): void {
  for (const word of text.split(/(?<= )/)) write(response, { content: word });
  write(response, {}, "stop");
  response.end("data: [DONE]\n\n");
}

function goOn(response: ServerResponse, text: string): void {
  const timer = setInterval(() => write(response, { content: text }), 5);
  response.on("close", () => clearInterval(timer));
}

function write(response: ServerResponse, delta: object, finish_reason: string | null = null): void {
  if (!response.headersSent) response.writeHead(200, { "content-type": "text/event-stream" });
  response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason }] })}\n\n`);
}
