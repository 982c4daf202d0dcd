import type { MimeBundle } from "../../interpreter/index.ts";
import type { CellOutput } from "../cells/cell.ts";
import type { ErrorContent, JupyterMessage } from "../protocol/messages.ts";
import { type CellOutputMessage, OutputQueue } from "./output-queue.ts";
import { OutputText } from "./output-text.ts";

type Metadata = { metadata?: Readonly<Record<string, unknown>> };

export interface CellDisplayOptions {
  readonly cellId: string;
  readonly notebookCellId?: string | undefined;
  readonly request?: JupyterMessage; // that it answers
  /** To all front ends, as part of the cell; does nothing for a silent one. */
  publish(type: string, content: object): void;
  /** `undefined`: the front end takes no questions. */
  readonly ask: ((prompt: string, password: boolean, signal: AbortSignal) => Promise<string>) | undefined;
}

/** One run of a cell, as the front end sees it: its outputs go there, also those that come after its end. */
export class CellDisplay implements CellOutput {
  readonly cellId: string;
  readonly notebookCellId: string | undefined;
  readonly #options: CellDisplayOptions;
  readonly #queue: OutputQueue;
  readonly #text = new OutputText();
  readonly #interrupted = new AbortController();
  #nextInput: string | undefined;
  #hasEnded = false;

  constructor(options: CellDisplayOptions) {
    this.#options = options;
    this.cellId = options.cellId;
    this.notebookCellId = options.notebookCellId;
    this.#queue = new OutputQueue((message) => this.#send(message));
  }

  get request(): JupyterMessage | undefined {
    return this.#options.request;
  }

  get signal(): AbortSignal {
    return this.#interrupted.signal;
  }

  /** The first of what setNextInput() was given. */
  get nextInput(): string | undefined {
    return this.#nextInput;
  }

  get outputText(): string {
    return this.#text.toString();
  }

  stream(name: "stdout" | "stderr", text: string): void {
    this.#queue.stream(name, text);
  }

  display(data: MimeBundle, { metadata = {}, displayId }: Metadata & { displayId?: string } = {}): void {
    this.#queue.display({ data, metadata, transient: displayId === undefined ? {} : { display_id: displayId } });
  }

  updateDisplay(displayId: string, data: MimeBundle, { metadata = {} }: Metadata = {}): void {
    this.#queue.update({ data, metadata, transient: { display_id: displayId } });
  }

  clear(wait: boolean): void {
    this.#queue.clear(wait);
  }

  async input(prompt: string, { password = false }: { password?: boolean } = {}): Promise<string | undefined> {
    if (!this.#options.ask || this.#hasEnded) return undefined;
    this.#queue.flush(); // what the question is about
    return this.#options.ask(prompt, password, this.signal);
  }

  setNextInput(code: string): void {
    this.#nextInput ??= code;
  }

  result(data: MimeBundle, metadata: Readonly<Record<string, unknown>>, executionCount: number): void {
    const fits = this.#queue.fits(data);
    this.#queue.flush();
    if (!fits) return;
    this.#text.add(plainText(data));
    this.#options.publish("execute_result", { data, metadata, execution_count: executionCount });
  }

  error(error: ErrorContent): void {
    this.#queue.flush();
    this.#text.add(`${error.ename}: ${error.evalue}\n`);
    this.#options.publish("error", error);
  }

  interrupt(): void {
    this.#interrupted.abort();
  }

  /** Sends what waits, before something that must come after it. */
  flush(): void {
    this.#queue.flush();
  }

  /** Sends what waits; what comes later is still the cell's, but can ask no questions. */
  end(): void {
    this.#queue.flush();
    this.#hasEnded = true;
  }

  #send(message: CellOutputMessage): void {
    const { type, ...rest } = message;
    this.#record(message);
    this.#options.publish(type, "content" in rest ? rest.content : rest);
  }

  #record(message: CellOutputMessage): void {
    switch (message.type) {
      case "stream":
        this.#text.add(message.text);
        break;
      case "display_data":
        this.#text.add(plainText(message.content.data), message.content.transient.display_id);
        break;
      case "update_display_data":
        this.#text.update(message.content.transient.display_id ?? "", plainText(message.content.data));
        break;
      case "clear_output":
        this.#text.clear(message.wait);
        break;
      default:
        message satisfies never;
    }
  }
}

function plainText(data: MimeBundle): string {
  const plain = data["text/plain"];
  return typeof plain === "string" ? `${plain}\n` : `(${Object.keys(data).join(", ")})\n`;
}
