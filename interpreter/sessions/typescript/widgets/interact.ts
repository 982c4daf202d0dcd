// interact(): a function's parameters as controls, and what it returns below them.
import { display, valueDisplay } from "../display.ts";
import { cellError } from "../stack-trace.ts";
import { controls as make } from "./controls.ts";
import { type WrittenParameter, writtenParameters } from "./parameter-defaults.ts";
import type { ToldParameter } from "./told-parameter.ts";
import type { Control, Interact, InteractControl, Interaction, SliderOptions } from "./widget-types.ts";

const WAIT_MS = 3_000; // of the cell, for the first result of a function that awaits

type Value = string | number | boolean;
type Parameter = Partial<ToldParameter> & Pick<WrittenParameter, "name" | "default"> & { readonly isOptional: boolean };

/** @param told what the compiler puts there: the parameters with their types, as JSON */
export const interact = ((
  fn: (...args: unknown[]) => unknown,
  options: Readonly<Record<string, InteractControl>> = {},
  told?: string,
): Interaction => {
  if (typeof fn !== "function") throw new TypeError("interact() takes a function");
  const parameters = parametersOf(fn, told);
  const unknown = Object.keys(options).find((name) => !parameters.some((parameter) => parameter.name === name));
  if (unknown !== undefined)
    throw new TypeError(`no parameter ${unknown}; there are: ${parameters.map(({ name }) => name).join(", ")}`);
  const made = parameters.map((parameter) => controlOf(parameter, options[parameter.name]));
  for (const control of made) if (control) display(control);

  const show = valueDisplay();
  let latest = 0;
  async function run(): Promise<void> {
    const own = ++latest; // a slower one before it shows nothing any more
    try {
      const value = fn(...made.map((control) => control?.value));
      const shown = value instanceof Promise ? await value : value;
      if (own === latest) await show(shown);
    } catch (error) {
      if (own === latest)
        await show({
          [Symbol.for("Jupyter.display")]: () => ({ "text/plain": cellError(error).traceback.join("\n") }),
        });
    }
  }
  for (const control of made) control?.on("change:value", () => void run());
  const first = Promise.race([run(), new Promise((resolve) => setTimeout(resolve, WAIT_MS).unref())]);

  const named = parameters.flatMap(({ name }, i) => (made[i] ? [[name, made[i]] as const] : []));
  return {
    controls: Object.fromEntries(named),
    close() {
      for (const control of made) control?.close();
    },
    // As a cell's result it is nothing more than what stands there already.
    ...{ [Symbol.for("Jupyter.display")]: () => first.then(() => ({})) },
  };
}) as Interact;

function parametersOf(fn: (...args: never[]) => unknown, told: string | undefined): readonly Parameter[] {
  const written = writtenParameters(Function.prototype.toString.call(fn));
  const typed = told === undefined ? undefined : (JSON.parse(told) as readonly ToldParameter[]); // as: the compiler's
  const named = typed ?? written;
  if (named === undefined || named.some(({ name }) => name === ""))
    throw new TypeError("interact() needs a name for each parameter: no patterns, no rest");
  return named.map(({ name }, i) => {
    const own = written?.find((parameter) => parameter.name === name);
    const { isOptional = own?.hasDefault ?? false, ...type } = typed?.[i] ?? {};
    return { ...type, name, isOptional, ...(own?.default !== undefined && { default: own.default }) };
  });
}

/** @returns undefined for a parameter that is left to its default */
function controlOf(parameter: Parameter, option: InteractControl | undefined): Control<Value> | undefined {
  const { name, description, isOptional, text = "unknown" } = parameter;
  const shared = { label: name, ...(description !== undefined && { tooltip: description }) };
  if (isList(option)) return choice(option, parameter.default, shared);
  if (typeof option === "object") {
    const own = { ...shared, ...option };
    if ("options" in own) return choice(own.options, own.value ?? parameter.default, own);
    if (["min", "max", "step"].some((key) => key in own)) return slider(parameter, own as SliderOptions, own);
    const value = own.value ?? parameter.default;
    return byType({ ...parameter, ...(value !== undefined && { default: value }) }, own) ?? refuse(name, text);
  }
  const starting = option === undefined ? parameter : { ...parameter, default: option };
  const control = byType(starting, shared);
  return control ?? (isOptional ? undefined : refuse(name, text));
}

function byType(parameter: Parameter, shared: { readonly label?: string }): Control<Value> | undefined {
  const { kind = typeof parameter.default, choices = [], default: value } = parameter;
  if (kind === "choice") return choice(choices, value, shared);
  if (kind === "boolean") return asControl(make.checkbox({ ...shared, ...(typeof value === "boolean" && { value }) }));
  if (kind === "string") return asControl(make.text({ ...shared, ...(typeof value === "string" && { value }) }));
  return kind === "number" ? slider(parameter, {}, shared) : undefined;
}

function slider({ default: initial }: Parameter, given: SliderOptions, shared: object): Control<Value> {
  const start = given.value ?? (typeof initial === "number" ? initial : undefined);
  const own = { ...aroundOf(start ?? 0), ...given };
  return asControl(make.slider({ ...own, value: start ?? own.min, ...shared, ...given }));
}

/** As ipywidgets has it: from -v to 3v, in steps of a hundredth where it is no whole number. */
function aroundOf(value: number): { min: number; max: number; step: number } {
  if (value === 0) return { min: 0, max: 100, step: 1 };
  const step = Number.isInteger(value) ? 1 : 10 ** (Math.floor(Math.log10(Math.abs(value))) - 1);
  return { min: Math.min(-value, 3 * value), max: Math.max(-value, 3 * value), step };
}

function choice(options: readonly Value[], value: Value | undefined, shared: object): Control<Value> {
  const initial = value !== undefined && options.includes(value) ? { value } : {};
  return asControl(make.select<Value>({ ...shared, options, ...initial }));
}

function asControl(control: unknown): Control<Value> {
  return control as Control<Value>; // as: of one of these types
}

function refuse(name: string, type: string): never {
  throw new TypeError(
    `interact: ${name} is of the type ${type}, which has no control; say one: ` +
      `interact(fn, { ${name}: [1, 2, 3] }), or give it a default`,
  );
}

function isList(option: InteractControl | undefined): option is readonly Value[] {
  return Array.isArray(option);
}
