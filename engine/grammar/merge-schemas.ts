import { isDeepStrictEqual } from "node:util";
import { isSchema, type Schema } from "../chat/dialects/schema-types.ts";
import { percentDecoded } from "../percent-decoded.ts";

const MAX_MERGES = 500; // of two schemas: references and choices within each other may be endless
const NOTES = new Set([
  "title",
  "description",
  "default",
  "examples",
  "$comment",
  "$schema",
  "$id",
  "$defs",
  "definitions",
]);

/** Makes one schema of several that all hold, where that can be said in one. */
export class Merging {
  readonly #root: Schema;
  #left = MAX_MERGES;

  constructor(root: Schema) {
    this.#root = root;
  }

  /** Without allOf, and without anything beside anyOf and oneOf; the node itself where that is so, or cannot be. */
  plain(node: Schema): Schema {
    const { allOf, ...beside } = node;
    if (Array.isArray(allOf)) return this.#all([beside, ...allOf], node);
    for (const key of ["anyOf", "oneOf"]) {
      const { [key]: choices, ...rest } = node;
      const limits = Object.keys(rest).filter((name) => !NOTES.has(name));
      if (!Array.isArray(choices) || limits.length === 0) continue;
      const merged = choices.map((choice) => this.#merge(withoutNotes(rest), choice));
      if (merged.includes(undefined)) return node;
      const notes = Object.fromEntries(Object.entries(rest).filter(([name]) => NOTES.has(name)));
      return { ...notes, [key]: merged };
    }
    return node;
  }

  #all(parts: readonly unknown[], node: Schema): Schema {
    let all: unknown = true;
    for (const part of parts) {
      all = this.#merge(all, part);
      if (all === undefined) return node;
    }
    return isSchema(all) ? all : node;
  }

  /** Whether a reference only leads to references, in a circle. */
  isEndless(node: Schema): boolean {
    const seen = new Set<unknown>();
    for (let at: unknown = node; isSchema(at) && typeof at["$ref"] === "string"; at = this.#target(at["$ref"])) {
      if (seen.has(at)) return true;
      seen.add(at);
    }
    return false;
  }

  #resolved(schema: unknown): unknown {
    if (!isSchema(schema) || typeof schema["$ref"] !== "string") return schema;
    const { $ref: reference, ...beside } = schema;
    const target = this.#target(reference);
    return target === undefined ? undefined : this.#merge(target, beside);
  }

  #target(reference: string): unknown {
    const path = /^#(\/.*)?$/.exec(reference)?.[1]?.split("/").slice(1) ?? (reference === "#" ? [] : undefined);
    return path?.reduce<unknown>((value, name) => (isSchema(value) ? value[unescaped(name)] : undefined), this.#root);
  }

  /** What fits both; undefined where no one schema says so. */
  #merge(one: unknown, other: unknown): unknown {
    if (--this.#left < 0) return undefined;
    const [a, b] = [one, other].map((schema) => this.#flat(schema));
    if (a === undefined || b === undefined) return undefined;
    if (a === true || b === true) return a === true ? b : a;
    if (!isSchema(a) || !isSchema(b)) return false;
    const merged: Record<string, unknown> = { ...a };
    for (const [key, value] of Object.entries(b)) {
      if (!(key in a)) merged[key] = value;
      else if (!NOTES.has(key)) merged[key] = this.#both(key, a[key], value);
      if (merged[key] === undefined) return undefined;
    }
    return this.#withProperties(merged, a, b);
  }

  #flat(schema: unknown): unknown {
    const resolved = this.#resolved(schema);
    return isSchema(resolved) && Array.isArray(resolved["allOf"]) ? this.plain(resolved) : resolved;
  }

  #both(key: string, a: unknown, b: unknown): unknown {
    if (isDeepStrictEqual(a, b)) return a;
    if (key === "properties" || key === "additionalProperties") return true; // see #withProperties
    if (key === "items") return this.#merge(a, b);
    if (key === "required" && Array.isArray(a) && Array.isArray(b)) return [...new Set([...a, ...b])];
    if (key === "enum" && Array.isArray(a) && Array.isArray(b)) {
      const common = a.filter((value) => b.some((other) => isDeepStrictEqual(value, other)));
      return common.length > 0 ? common : undefined;
    }
    if (key === "type") return commonTypes([a].flat(), [b].flat());
    if (typeof a !== "number" || typeof b !== "number") return undefined;
    if (/^(min|exclusiveMin)/.test(key)) return Math.max(a, b);
    return /^(max|exclusiveMax)/.test(key) ? Math.min(a, b) : undefined;
  }

  /** What one side names, the other may allow or forbid as one of its additional properties. */
  #withProperties(merged: Record<string, unknown>, a: Schema, b: Schema): unknown {
    const isObject = (schema: Schema) => "properties" in schema || "additionalProperties" in schema;
    if (!isObject(a) || !isObject(b)) return merged;
    if ("patternProperties" in a || "patternProperties" in b) return undefined;
    const entries = (schema: Schema) => (isSchema(schema["properties"]) ? schema["properties"] : {});
    const others = (schema: Schema) => schema["additionalProperties"] ?? true;
    const names = [...new Set([...Object.keys(entries(a)), ...Object.keys(entries(b))])];
    const of = (schema: Schema, name: string) =>
      Object.hasOwn(entries(schema), name) ? entries(schema)[name] : others(schema);
    const properties: [string, unknown][] = names.map((name) => [name, this.#merge(of(a, name), of(b, name))]);
    const more = this.#merge(others(a), others(b));
    if (more === undefined || properties.some(([, schema]) => schema === undefined)) return undefined;
    merged["properties"] = Object.fromEntries(properties.filter(([, schema]) => schema !== false));
    if ("additionalProperties" in a || "additionalProperties" in b) merged["additionalProperties"] = more;
    return merged;
  }
}

function commonTypes(a: readonly unknown[], b: readonly unknown[]): unknown {
  const fits = (types: readonly unknown[], name: unknown) =>
    types.includes(name) || (name === "integer" && types.includes("number"));
  const common = [...new Set([...a.filter((name) => fits(b, name)), ...b.filter((name) => fits(a, name))])];
  return common.length > 1 ? common : common[0];
}

const withoutNotes = (schema: Schema): Schema =>
  Object.fromEntries(Object.entries(schema).filter(([key]) => !NOTES.has(key)));

const unescaped = (name: string): string => percentDecoded(name).replaceAll("~1", "/").replaceAll("~0", "~");
