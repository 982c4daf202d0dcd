import type { CallableTool } from "../../grammar/call-format.ts";
import type { WrittenCall } from "./call-json.ts";
import { asItIs, type ToolDialect } from "./dialect.ts";
import { MarkedCalls, type Marker } from "./marked-calls.ts";
import { isSchema, typeOf, typesOf } from "./schema-types.ts";
import { XML_FORMAT } from "./xml-format.ts";

const FUNCTION = "<function=";
const FUNCTION_END = "</function>";
const CALL = "<tool_call>";
const CALL_END = "</tool_call>";
const PYTHON_LITERALS: Readonly<Record<string, unknown>> = { True: true, False: false, None: null };

/** Qwen3-Coder and Qwen3.5: a function and its parameters as tags, so that code needs no quoting. */
export const XML: ToolDialect = {
  name: "xml",
  prepare: asItIs,
  callStart: (name) => `${CALL}\n${FUNCTION}${name === undefined ? "" : `${name}>\n`}`,
  format: XML_FORMAT,
  reader: (tools) => new MarkedCalls(tools, { markers: [tagged(), bare()] }),
};

function tagged(): Marker {
  return {
    open: CALL,
    end(text) {
      const start = text.length - text.trimStart().length;
      const begun = text.slice(start, start + FUNCTION.length);
      if (begun !== FUNCTION) return FUNCTION.startsWith(begun) ? undefined : [0, 0];
      const found = functionEnd(text.slice(start));
      if (found === undefined) return undefined;
      const end = start + found;
      const after = text.slice(end).trimStart();
      if (after.startsWith(CALL_END)) return [end, text.length - after.length + CALL_END.length];
      return CALL_END.startsWith(after) ? undefined : [end, end]; // the closing tag is left out
    },
    read: (inside, tools) => readFunction(inside.trimStart(), tools),
  };
}

/** Without the tags around it, as Qwen3-Coder writes it after some text of its own. */
function bare(): Marker {
  return {
    open: FUNCTION,
    end(text) {
      if (/^[^>]*\n/.test(text)) return [0, 0];
      const end = functionEnd(FUNCTION + text);
      return end === undefined ? undefined : [end - FUNCTION.length, end - FUNCTION.length];
    },
    read: (inside, tools) => readFunction(FUNCTION + inside, tools),
  };
}

/** Past the closing tag of the function at the text's beginning; `undefined` while more of it may come. */
function functionEnd(text: string): number | undefined {
  return text.includes(FUNCTION_END) ? scanFunction(text)?.end : undefined;
}

function readFunction(text: string, tools: readonly CallableTool[]): WrittenCall | undefined {
  const written = scanFunction(text);
  const tool = tools.find(({ name }) => name === written?.name);
  if (!written || !tool) return undefined;
  const properties = isSchema(tool.parameters?.["properties"]) ? tool.parameters["properties"] : {};
  const values = written.parameters.map(([name, text]) => [name, typed(text, properties[name])]);
  return { name: tool.name, arguments: JSON.stringify(Object.fromEntries(values)) };
}

interface WrittenFunction {
  readonly name: string;
  readonly parameters: readonly (readonly [name: string, text: string])[];
  readonly end: number | undefined; // past its closing tag, if it has one
}

function scanFunction(text: string): WrittenFunction | undefined {
  const [head, name] = /^<function=([^>\n]*)>/.exec(text) ?? [];
  if (head === undefined || name === undefined) return undefined;
  const parameters: [string, string][] = [];
  const written = (end?: number) => ({ name: name.trim(), parameters, end });
  const tags = /<parameter=([^>\n]*)>|<\/function>/g;
  // A closing tag counts where another parameter or the function's end follows it: a value may hold such tags itself.
  const valueEnds = /<\/parameter>(?=\s*(<parameter=|<\/function>))/g;
  tags.lastIndex = head.length;
  for (let tag = tags.exec(text); tag; tag = tags.exec(text)) {
    if (tag[1] === undefined) return written(tags.lastIndex);
    valueEnds.lastIndex = tags.lastIndex;
    const end = valueEnds.exec(text);
    parameters.push([tag[1].trim(), valueText(text.slice(tags.lastIndex, end?.index))]);
    if (!end) return written();
    tags.lastIndex = valueEnds.lastIndex;
  }
  return written();
}

/** Without the closing tags of an answer that was cut off, and the line breaks that belong to the tags. */
function valueText(value: string): string {
  const inside = value.replace(/\s*<\/parameter>(\s*<\/function>)?\s*$/, "");
  return inside.replace(/^\r?\n/, "").replace(/\r?\n$/, "");
}

/** The value that a text stands for, by the parameter's schema: JSON where its type is one of the schema's. */
function typed(text: string, schema: unknown): unknown {
  const types = isSchema(schema) ? typesOf(schema) : undefined;
  if (!types) return text;
  const value = parsed(text.trim());
  const type = typeOf(value);
  const fits = type !== "string" && (types.has(type) || (type === "integer" && types.has("number")));
  return fits ? value : text;
}

function parsed(text: string): unknown {
  if (Object.hasOwn(PYTHON_LITERALS, text)) return PYTHON_LITERALS[text];
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
