/** What the compiler tells interact() of a parameter: see ../compiler/told-parameters.ts. */
export interface ToldParameter {
  readonly name: string; // "" for a pattern or a rest
  readonly kind: "boolean" | "number" | "string" | "choice" | "other";
  readonly choices?: readonly (string | number | boolean)[];
  readonly isOptional: boolean;
  readonly text: string; // its type
  readonly description?: string; // of its JSDoc
}
