// The ready-made controls are ipywidgets' own models: every front end that shows widgets has them, with its looks, its
// keyboard and its screen reader, and no JavaScript of ours is needed.
import { buildWidget, type WidgetParts } from "./widget.ts";
import { openModel, type WidgetModel } from "./widget-model.ts";
import type {
  Button,
  Control,
  ControlOptions,
  ControlState,
  Progress,
  Select,
  Slider,
  SliderOptions,
  Widgets,
} from "./widget-types.ts";

const MODULE = "@jupyter-widgets/controls";
const VERSION = "2.0.0"; // of its protocol, not of the package
const MAX_DECIMALS = 10;

const LABELS: Readonly<Record<string, string>> = { label: "description" }; // as the front end calls them
let style: WidgetModel | undefined;

function modelOf(name: string, view = name): Record<string, unknown> {
  return {
    ...{ _model_module: MODULE, _model_module_version: VERSION, _model_name: `${name}Model` },
    ...{ _view_module: MODULE, _view_module_version: VERSION, _view_name: `${view}View`, _view_count: null },
    ...{ layout: null, tooltip: null, _dom_classes: [] },
  };
}

/** One for all controls: without it a label of more than ten letters is cut. */
function labelStyle(): string {
  if (style === undefined || style.isClosed) {
    const { _view_name, layout, tooltip, ...model } = modelOf("DescriptionStyle");
    const own = {
      ...model,
      ...{ _view_module: "@jupyter-widgets/base", _view_name: "StyleView", description_width: "initial" },
    };
    style = openModel(own, { changed() {}, custom() {}, closed() {} });
  }
  return `IPY_MODEL_${style.id}`;
}

interface ControlParts<State extends ControlState> extends Omit<WidgetParts<State>, "needs" | "model"> {
  readonly name: string; // of ipywidgets' model
  readonly view?: string; // where it is called otherwise
  readonly options: ControlOptions;
  readonly more?: Readonly<Record<string, unknown>>;
}

function buildControl<State extends ControlState>({ name, view, options, more, ...parts }: ControlParts<State>) {
  const { encode = (member, value) => ({ [member]: value }), decode } = parts;
  const fromFrontEnd: NonNullable<WidgetParts<State>["decode"]> = (member, value, state) => {
    if (decode !== undefined) return decode(member, value, state);
    return member === "value" && typeof value === typeof Reflect.get(state, "value")
      ? (["value" as keyof State & string, value] as const) // as: it has one
      : undefined;
  };
  return buildWidget<State>({
    ...parts,
    needs: "jupyterlab_widgets",
    model: {
      ...modelOf(name, view),
      ...(name === "Button" ? {} : { style: labelStyle() }),
      ...(options.tooltip !== undefined && { tooltip: options.tooltip }),
      ...more,
    },
    encode: (member, value, state) => {
      const own = LABELS[member];
      return own === undefined ? encode(member, value, state) : { [own]: String(value) };
    },
    decode: fromFrontEnd,
  });
}

/** A control's `value` beside its state. */
function withValue<Value, State extends ControlState & { value: Value }>(
  widget: ReturnType<typeof buildControl<State>>,
): Control<Value, State> {
  return Object.defineProperty(widget, "value", {
    get: () => widget.state.value,
    set(value: Value) {
      widget.state.value = value as State["value"]; // as: it is that
    },
  }) as unknown as Control<Value, State>;
}

function shared({ label = "", disabled = false }: ControlOptions): ControlState {
  return { label, disabled };
}

type Range = ControlState & { value: number; min: number; max: number; step: number };

function range(kind: "slider" | "progress", options: SliderOptions): Slider {
  const { min = 0, max = 100, step = 1, value = min } = options;
  for (const [what, given] of Object.entries({ min, max, step, value }))
    if (typeof given !== "number" || !Number.isFinite(given)) throw new TypeError(`${kind}: ${what} is no number`);
  if (min > max) throw new RangeError(`${kind}: min ${min} is above max ${max}`);
  if (step <= 0) throw new RangeError(`${kind}: step ${step} is not above 0`);
  const within = (number: number, { min, max }: Pick<Range, "min" | "max">) => Math.min(Math.max(number, min), max);
  const decimals = Math.max(...[min, step, value].map(decimalsOf));
  const control = buildControl<Range>({
    ...{
      kind,
      options,
      ...(kind === "slider" ? { name: "FloatSlider" } : { name: "FloatProgress", view: "Progress" }),
    },
    state: { value: within(value, { min, max }), min, max, step, ...shared(options) },
    more: { orientation: "horizontal", ...(kind === "slider" && { readout_format: `.${decimals}f` }) },
    encode(member, given, state) {
      if (member !== "value") return { [member]: given };
      if (typeof given !== "number" || !Number.isFinite(given)) throw new TypeError(`${kind}: ${given} is no number`);
      if (given < state.min || given > state.max)
        throw new RangeError(`${kind}: ${given} is not between ${state.min} and ${state.max}`);
      return { value: given };
    },
    decode: (member, given, state) =>
      member === "value" && typeof given === "number" ? ["value", within(given, state)] : undefined,
  });
  return withValue(control);
}

function decimalsOf(number: number): number {
  const [, decimals = "", exponent = "0"] = /^-?\d+(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(number)) ?? [];
  return Math.min(MAX_DECIMALS, Math.max(0, decimals.length - Number(exponent)));
}

type Choice = string | number | boolean;

function select<const Value extends Choice>(
  options: ControlOptions & { readonly options: readonly Value[]; readonly value?: NoInfer<Value> },
): Select<Value> {
  const { options: choices } = options;
  if (!Array.isArray(choices) || choices.length === 0) throw new TypeError("select: options is a list of values");
  const indexOf = (value: unknown, of: readonly unknown[]) => {
    const index = of.indexOf(value);
    if (index < 0) throw new RangeError(`select: ${value} is none of ${of.join(", ")}`);
    return index;
  };
  type Selecting = ControlState & { value: Value; options: readonly Value[] };
  const control = buildControl<Selecting>({
    ...{ kind: "select", name: "Dropdown", options },
    state: { options: choices, value: options.value ?? choices[0]!, ...shared(options) }, // it has one
    encode(member, given, state) {
      if (member === "value") return { index: indexOf(given, state.options) };
      if (member !== "options") return { [member]: given };
      const list = given as readonly Value[]; // as: of the state's types
      return { _options_labels: list.map(String), index: indexOf(state.value, list) };
    },
    decode(member, given, state) {
      const isIndex = member === "index" && typeof given === "number" && Object.hasOwn(state.options, given);
      return isIndex ? ["value", state.options[given]] : undefined;
    },
  });
  return withValue(control);
}

function text(options: ControlOptions & { readonly value?: string; readonly placeholder?: string } = {}) {
  const { value = "", placeholder = "" } = options;
  const state = { value, ...shared(options) };
  return withValue<string, typeof state>(
    buildControl({ kind: "text", name: "Text", options, state, more: { placeholder, continuous_update: true } }),
  );
}

function checkbox(options: ControlOptions & { readonly value?: boolean } = {}) {
  const state = { value: options.value ?? false, ...shared(options) };
  return withValue<boolean, typeof state>(
    buildControl({ kind: "checkbox", name: "Checkbox", options, state, more: { indent: false } }),
  );
}

function button(options: ControlOptions = {}): Button {
  const built = buildControl<ControlState>({ kind: "button", name: "Button", options, state: shared(options) });
  const isClick = (content: unknown) => (content as { readonly event?: unknown } | null)?.event === "click";
  return Object.assign(built, {
    onClick: (handler: () => void) => built.on("msg:custom", (content) => void (isClick(content) && handler())),
    clicked: async () => void (await built.next("msg:custom", isClick)),
  });
}

export const controls: Omit<Widgets, "table"> = {
  slider: (options = {}) => range("slider", options),
  progress: (options = {}): Progress => range("progress", options),
  ...{ select, text, checkbox, button },
};
