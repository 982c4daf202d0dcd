import type { MimeBundle, SessionEvent } from "../../interpreter/index.ts";
import type { CellDisplay } from "./cell-display.ts";

const MAX_CELLS = 1_000; // what an older cell still prints counts for the latest one

export type ModelRequest = Extract<SessionEvent, { type: "model-request" }>;
export type CommEvent = Extract<SessionEvent, { type: "comm" }>;
type OnModelRequest = (request: ModelRequest, display: CellDisplay) => Promise<void>;

/** Brings each event of the session to the cell that it belongs to, also when that cell has ended. */
export class CellDisplays {
  readonly #displays = new Map<string, CellDisplay>(); // by cell id, oldest first
  readonly #listeners = new Set<(event: SessionEvent) => void>();
  #onModelRequest: OnModelRequest | undefined;
  #onComm: ((event: CommEvent, display: CellDisplay | undefined) => void) | undefined;
  #latest: CellDisplay | undefined;
  #sessionEnded: string | undefined;

  add(display: CellDisplay): void {
    this.#displays.set(display.cellId, display);
    this.#latest = display;
    const [oldest] = this.#displays.keys();
    if (this.#displays.size > MAX_CELLS && oldest !== undefined) this.#displays.delete(oldest);
  }

  /** Listens to the events of all cells; returns what stops it. */
  listen(listener: (event: SessionEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Who answers what a cell asks of the model. */
  answerModelRequests(answer: OnModelRequest): void {
    this.#onModelRequest = answer;
  }

  /** Who sends what a cell says to a comm. */
  sendComms(send: (event: CommEvent, display: CellDisplay | undefined) => void): void {
    this.#onComm = send;
  }

  /** Why the session's variables are gone, if they are and nobody was told yet. */
  takeSessionEnd(): string | undefined {
    const reason = this.#sessionEnded;
    this.#sessionEnded = undefined;
    return reason;
  }

  /** Under the cell that runs, or ran last. */
  show(data: MimeBundle): void {
    this.#latest?.display(data);
  }

  readonly route = (event: SessionEvent): void => {
    for (const listener of this.#listeners) listener(event);
    if (event.type === "session-ended") {
      this.#sessionEnded = event.reason;
      return; // the cell that ran ends with an error that says so
    }
    const display = this.#displays.get(event.cellId) ?? this.#latest;
    if (event.type === "model-request") {
      if (display && this.#onModelRequest) void this.#onModelRequest(event, display);
      else event.answer({ error: "there is no model here" });
    } else if (event.type === "comm") this.#onComm?.(event, display);
    else if (display) show(event, display);
    else if (event.type === "input-request") event.answer(undefined);
  };
}

function show(
  event: Exclude<SessionEvent, ModelRequest | CommEvent | { type: "session-ended" }>,
  display: CellDisplay,
): void {
  switch (event.type) {
    case "stream":
      display.stream(event.name, event.text);
      break;
    case "display": {
      const { data, metadata, displayId, update } = event;
      if (update && displayId !== undefined) display.updateDisplay(displayId, data, { metadata });
      else display.display(data, { metadata, ...(displayId !== undefined && { displayId }) });
      break;
    }
    case "clear-output":
      display.clear(event.wait);
      break;
    case "input-request":
      // An interrupt ends the question in the session too: there is nothing left to answer then.
      display.input(event.prompt, { password: event.password }).then(event.answer, () => {});
      break;
    default:
      event satisfies never;
  }
}
