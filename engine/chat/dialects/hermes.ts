import type { CallFormat } from "../../grammar/call-format.ts";
import { readCall } from "./call-json.ts";
import { asItIs, type ToolDialect } from "./dialect.ts";
import { MarkedCalls, type Marker } from "./marked-calls.ts";

const OPEN = "<tool_call>";
const CLOSE = "</tool_call>";

/** Qwen2.5's tags, and the fence that its small Coder models use. */
const MARKERS: readonly Marker[] = [marker(OPEN, CLOSE), marker("```json\n", "```")];

const FORMAT: CallFormat = {
  trigger: OPEN,
  marks: [OPEN, CLOSE],
  tag: (name, parameters) => ({
    begin: `${OPEN}\n{"name": ${JSON.stringify(name)}, "arguments": `,
    content: { type: "json_schema", json_schema: parameters },
    end: `}\n${CLOSE}`,
  }),
};

/** Qwen2.5 and Qwen3: `{"name": …, "arguments": …}` between tags, as NousResearch's Hermes models have it. */
export const HERMES: ToolDialect = {
  name: "hermes",
  prepare: asItIs,
  callStart: (name) => (name === undefined ? `${OPEN}\n` : `${OPEN}\n{"name": ${JSON.stringify(name)}, "arguments": `),
  format: FORMAT,
  reader: (tools) => new MarkedCalls(tools, { markers: MARKERS, readBare: readCall }),
};

function marker(open: string, close: string): Marker {
  return {
    open,
    end(text) {
      const at = text.indexOf(close);
      return at < 0 ? undefined : [at, at + close.length];
    },
    read: readCall,
  };
}
