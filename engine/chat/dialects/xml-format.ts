// What a call in XML may be: each parameter between its tags, a string as it stands, anything else as JSON.
import { type CallFormat, NOTHING, type TextFormat } from "../../grammar/call-format.ts";
import { isSchema, type Schema, typesOf } from "./schema-types.ts";

const ANY_TEXT: TextFormat = { type: "any_text" };

export const XML_FORMAT: CallFormat = {
  trigger: "<tool_call>",
  marks: ["<tool_call>", "</tool_call>"],
  tag: (name, parameters) => ({
    begin: `<tool_call>\n<function=${name}>\n`,
    content: parametersFormat(parameters),
    end: "</function>\n</tool_call>",
  }),
};

function parametersFormat(schema: unknown): TextFormat {
  const properties = isSchema(schema) && isSchema(schema["properties"]) ? Object.entries(schema["properties"]) : [];
  if (!isSchema(schema) || properties.length === 0) return ANY_TEXT; // a tool that does not say what it takes
  const required = Array.isArray(schema["required"]) ? schema["required"] : [];
  const { $defs, definitions } = schema;
  const shared = { ...($defs !== undefined && { $defs }), ...(definitions !== undefined && { definitions }) };
  const elements = properties.map(([name, property]): TextFormat => {
    const content = valueFormat(property, shared);
    const parameter: TextFormat = { type: "tag", begin: `<parameter=${name}>\n`, content, end: "\n</parameter>\n" };
    return required.includes(name) ? parameter : { type: "or", elements: [parameter, NOTHING] };
  });
  return { type: "sequence", elements };
}

function valueFormat(property: unknown, shared: Schema): TextFormat {
  if (!isSchema(property)) return ANY_TEXT;
  const choices = property["const"] === undefined ? property["enum"] : [property["const"]];
  if (Array.isArray(choices) && choices.every((choice) => typeof choice === "string")) {
    return { type: "or", elements: choices.map((value) => ({ type: "const_string", value })) };
  }
  const types = typesOf(property);
  if (!types || types.has("string") || refersElsewhere(property)) return ANY_TEXT;
  return { type: "json_schema", json_schema: { ...shared, ...property } };
}

/** Whether a reference leads out of what a property is compiled with. */
function refersElsewhere(property: Schema): boolean {
  return /"\$ref":"(?!#\/(\$defs|definitions)\/)/.test(JSON.stringify(property));
}
