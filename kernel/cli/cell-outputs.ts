import type { KernelMessage } from "../../interpreter/index.ts";
import type { Output } from "./notebook-file.ts";

interface Display {
  readonly outputs: Output[];
  readonly index: number;
}

/** Turns a kernel's iopub messages into the outputs of a notebook's cells, as a front end does. */
export class OutputCollector {
  #outputs: Output[] = [];
  #clearNext = false;
  readonly #displays = new Map<string, Display[]>(); // by display_id, in all cells so far

  /** Starts a cell; the array is filled while it runs. */
  beginCell(): readonly Output[] {
    this.#outputs = [];
    this.#clearNext = false;
    return this.#outputs;
  }

  add({ type, content }: KernelMessage): void {
    switch (type) {
      case "stream":
        this.#addStream(String(content.name), String(content.text));
        break;
      case "display_data":
      case "execute_result":
        this.#addData(type, content);
        break;
      case "update_display_data":
        this.#update(content);
        break;
      case "error":
        this.#push({
          output_type: "error",
          ename: content.ename,
          evalue: content.evalue,
          traceback: content.traceback,
        });
        break;
      case "clear_output":
        if (content.wait) this.#clearNext = true;
        else this.#clear();
    }
  }

  #push(output: Output): void {
    if (this.#clearNext) this.#clear();
    this.#outputs.push(output);
  }

  #clear(): void {
    this.#clearNext = false;
    this.#outputs.length = 0;
    for (const [id, displays] of this.#displays) {
      this.#displays.set(
        id,
        displays.filter(({ outputs }) => outputs !== this.#outputs),
      );
    }
  }

  /** Text of one stream in a row is one output. */
  #addStream(name: string, text: string): void {
    const last = this.#clearNext ? undefined : this.#outputs.at(-1);
    if (last?.output_type === "stream" && last.name === name) {
      this.#outputs[this.#outputs.length - 1] = { ...last, text: String(last.text) + text };
    } else this.#push({ output_type: "stream", name, text });
  }

  #addData(type: string, content: KernelMessage["content"]): void {
    const { data, metadata = {}, execution_count, transient } = content;
    const count = type === "execute_result" ? { execution_count } : {};
    this.#push({ output_type: type, ...count, data, metadata });
    const id = displayId(transient);
    if (id === undefined) return;
    const displays = this.#displays.get(id) ?? [];
    this.#displays.set(id, [...displays, { outputs: this.#outputs, index: this.#outputs.length - 1 }]);
  }

  #update({ data, metadata = {}, transient }: KernelMessage["content"]): void {
    for (const { outputs, index } of this.#displays.get(displayId(transient) ?? "") ?? []) {
      const output = outputs[index];
      if (output) outputs[index] = { ...output, data, metadata };
    }
  }
}

export function displayId(transient: unknown): string | undefined {
  if (typeof transient !== "object" || transient === null || !("display_id" in transient)) return undefined;
  return String(transient.display_id);
}
