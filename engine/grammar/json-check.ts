// Whether JSON fits its schema. Runs in the thread of the grammars: a schema's patterns may take as long as they like.
import { Ajv, type AnySchema, type ErrorObject, type Options, type ValidateFunction } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

const MAX_KEPT = 16; // compiled schemas
const OPTIONS: Options = {
  strict: false, // words that are not JSON schema's are notes
  logger: false,
  multipleOfPrecision: 9, // 19.99 is a multiple of 0.01, and in binary it is not
};

const kept = new Map<string, ValidateFunction>();

/** Where the text does not fit, and by which word of the schema; undefined: it fits. @throws Error for what is no schema */
export function misfitOf(schema: string, text: string | undefined): string | undefined {
  const fits = kept.get(schema) ?? compile(JSON.parse(schema) as AnySchema);
  kept.delete(schema);
  kept.set(schema, fits); // the last one used is the last one dropped
  const [oldest] = kept.keys();
  if (kept.size > MAX_KEPT && oldest !== undefined) kept.delete(oldest);
  if (text === undefined || fits(JSON.parse(text))) return undefined;
  const [error] = fits.errors ?? [];
  return error && described(error);
}

/** In the newest words of JSON schema, else in those of draft 7, where items may be a list. */
function compile(schema: AnySchema): ValidateFunction {
  const newest = new Ajv2020(OPTIONS);
  const draft7 = new Ajv(OPTIONS);
  const names = typeof schema === "object" ? String(schema.$schema ?? "") : "";
  const order = /draft-0[4-7]/.test(names) ? [draft7] : [newest, draft7];
  const { $schema: _, ...rest } = schema as { readonly $schema?: unknown }; // some name a draft that cannot be fetched
  let failure: unknown;
  for (const ajv of order) {
    try {
      addFormats.default(ajv);
      return ajv.compile(rest);
    } catch (error) {
      failure ??= error;
    }
  }
  throw failure;
}

function described({ instancePath, keyword, message }: ErrorObject): string {
  return `${instancePath || "the whole"} ${message ?? "is wrong"} (${keyword})`;
}
