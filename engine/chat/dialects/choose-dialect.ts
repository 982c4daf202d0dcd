import type { ToolDialect } from "./dialect.ts";
import { HERMES } from "./hermes.ts";
import { REACT } from "./react.ts";
import { XML } from "./xml.ts";

/** The first one whose mark stands in a model's own template; every template has the last one's. */
const DIALECTS: readonly (readonly [mark: string, dialect: ToolDialect])[] = [
  ["<function=", XML],
  ["<tool_call>", HERMES],
  ["", REACT],
];

/** What the template itself renders of tools, the model was trained on. */
export function chooseDialect(chatTemplate: string): ToolDialect {
  return DIALECTS.find(([mark]) => chatTemplate.includes(mark))![1];
}
