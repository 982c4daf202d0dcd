import type { ServerResponse } from "node:http";
import type { ChatModel } from "../chat/chat-model.ts";
import { lorasIn, nameWithLoras } from "../chat/model-name.ts";
import { readChatRequest, readCompletionRequest, readEmbeddingRequest } from "../chat/request.ts";
import { inField } from "../errors.ts";
import type { LanguageModel } from "../language-model.ts";
import { asAsked, chatCompletion } from "./chat-completions.ts";
import { chatChoices } from "./choices.ts";
import { completion, completionEvents } from "./completions.ts";
import { embeddings } from "./embeddings.ts";
import { sendEvents, sendJson, sendTypedEvents } from "./http.ts";
import type { Metrics } from "./metrics.ts";
import { type ResponseEvent, responseEvents } from "./responses/events.ts";
import { chatRequestOf, readResponseRequest } from "./responses/request.ts";

/** Answers a request's body; the signal tells that nobody listens any more. */
type Answer = (body: unknown, response: ServerResponse, signal: AbortSignal) => Promise<void>;

/** The field that a prompt stands in, by path. */
const INPUTS: Readonly<Record<string, string>> = {
  "/v1/chat/completions": "messages",
  "/v1/completions": "prompt",
  "/v1/responses": "input",
  "/v1/embeddings": "input",
};

interface Opened {
  readonly model: LanguageModel;
  readonly chat: ChatModel;
}

/** What is wrong with a prompt as the model sees it is told with the field that it stands in. */
function withParam(answer: Answer, param: string): Answer {
  return async (...given) => {
    try {
      return await answer(...given);
    } catch (error) {
      throw inField(error, param);
    }
  };
}

/** What is answered with the model, by path. */
export function createAnswers(opened: Promise<Opened>, metrics: Metrics): ReadonlyMap<string, Answer> {
  const answers: Record<string, Answer> = {
    "/v1/chat/completions": async (body, response, signal) => {
      const request = readChatRequest(body);
      const { chat } = await opened;
      const chunks = metrics.counted((onPrompt) => chatChoices(chat, request, signal, onPrompt));
      if (request.stream) return sendEvents(response, asAsked(chunks, request));
      sendJson(response, 200, await chatCompletion(chunks));
    },
    "/v1/completions": async (body, response, signal) => {
      const request = readCompletionRequest(body);
      const { model, chat } = await opened;
      if (request.stream) {
        const events = metrics.counted((onPrompt) => completionEvents(model, chat.name, request, signal, onPrompt));
        return sendEvents(response, asAsked(events, request));
      }
      const answer = await completion(model, chat.name, request, signal);
      metrics.count(answer);
      sendJson(response, 200, answer);
    },
    "/v1/responses": async (body, response, signal) => {
      const request = readResponseRequest(body);
      const asked = chatRequestOf(request);
      const { model, chat } = await opened;
      const name = nameWithLoras(chat.name, lorasIn(asked.model, chat.name, model.info.loras));
      const chunks = metrics.counted((onPrompt) => chatChoices(chat, asked, signal, onPrompt));
      const events = responseEvents(chunks, request, name);
      if (request.stream) return sendTypedEvents(response, events);
      let last: ResponseEvent | undefined;
      for await (const event of events) last = event;
      sendJson(response, 200, last?.response);
    },
    "/v1/embeddings": async (body, response, signal) => {
      const request = readEmbeddingRequest(body);
      const { model, chat } = await opened;
      sendJson(response, 200, await embeddings(model, chat.name, request, signal));
    },
  };
  return new Map(Object.entries(answers).map(([path, answer]) => [path, withParam(answer, INPUTS[path] ?? "")]));
}
