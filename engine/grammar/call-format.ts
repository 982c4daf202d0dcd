/** What of a tool its calls are written and read with. */
export interface CallableTool {
  readonly name: string;
  readonly description?: string | undefined;
  readonly parameters?: Readonly<Record<string, unknown>> | undefined; // JSON schema
}

/** A part of a structural tag, in the words of XGrammar: https://xgrammar.mlc.ai/docs/tutorials/structural_tag.html */
export interface TextFormat {
  readonly type: "any_text" | "const_string" | "grammar" | "json_schema" | "or" | "sequence" | "tag";
  readonly [field: string]: unknown;
}

export const NOTHING: TextFormat = { type: "grammar", grammar: 'root ::= ""' };

/** How calls stand in an answer's text, for the grammar that an answer is held to. */
export interface CallFormat {
  readonly trigger: string; // once it is written, a call has to follow
  /** Special tokens around a call: within its strings they would be text to the grammar, and its end to the reader. */
  readonly marks: readonly string[];
  /** `parameters`: the tool's schema, bounded as the compiler needs it. */
  tag(
    name: string,
    parameters: unknown,
  ): { readonly begin: string; readonly content: TextFormat; readonly end: string };
}
