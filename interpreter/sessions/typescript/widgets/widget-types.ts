// What cells are told of widgets: see ../cell-globals.ts.

/** What the browser shows of a value of the session, and changes. As a cell's result it is shown; display() does it, too. */
export interface Widget<State extends object> {
  /** Read and written: what is written goes to the browser, what the user does there is here. Assign lists anew. */
  readonly state: State;
  /** Called after each change, whoever made it. @returns what stops it */
  on<Name extends keyof State & string>(
    event: `change:${Name}`,
    handler: (value: State[Name], before: State[Name]) => void,
  ): () => void;
  /** Called with what the browser's `model.send()` sends. @returns what stops it */
  on(event: "msg:custom", handler: (content: unknown, buffers: readonly Uint8Array[]) => void): () => void;
  /** The next value: `const speed = await slider.changed("value")`. */
  changed<Name extends keyof State & string>(name: Name): Promise<State[Name]>;
  /** To the browser's `model.on("msg:custom", (content, buffers) => …)`. */
  send(content: unknown, buffers?: readonly (ArrayBuffer | ArrayBufferView)[]): void;
  /** Takes it away from the browser, and frees its memory. */
  close(): void;
}

export interface WidgetOptions<State extends object> {
  /**
   * JavaScript of a module, or a file that holds it and is read anew when it changes ("counter.js"): it has
   * `export default { render({ model, el }) { … } }`, as anywidget.dev says.
   */
  readonly esm: string | URL;
  /** CSS, or a file that holds it. */
  readonly css?: string | URL;
  /** What both sides know, with its first values: `model.get("value")` in the browser, `widget.state.value` here. */
  readonly state?: State;
}

export interface ControlOptions {
  readonly label?: string;
  readonly disabled?: boolean;
  /** Shown when the pointer rests on it. */
  readonly tooltip?: string;
}

export interface ControlState {
  label: string;
  disabled: boolean;
}

/** A widget with one value, that `value` reads and writes. */
export interface Control<Value, State extends ControlState & { value: Value } = ControlState & { value: Value }>
  extends Widget<State> {
  value: Value;
}

export interface SliderOptions extends ControlOptions {
  readonly min?: number; // 0
  readonly max?: number; // 100
  readonly step?: number; // 1
  readonly value?: number; // the least
}

export type Slider = Control<number, ControlState & { value: number; min: number; max: number; step: number }>;
export type Progress = Slider;
export type Select<Value> = Control<Value, ControlState & { value: Value; options: readonly Value[] }>;

export interface Button extends Widget<ControlState> {
  /** @returns what stops it */
  onClick(handler: () => void): () => void;
  /** Resolves at the next click. */
  clicked(): Promise<void>;
}

export interface TableState<Row> {
  rows: readonly Row[];
  /** The row that was clicked, counted from 0; -1: none. */
  selected: number;
}

export interface Table<Row> extends Widget<TableState<Row>> {
  /** The row that was clicked. */
  readonly selectedRow: Row | undefined;
}

/**
 * @example
 * const counter = widget({
 *   state: { count: 0 },
 *   esm: `export default { render({ model, el }) {
 *     const button = document.createElement("button");
 *     const show = () => { button.textContent = String(model.get("count")); };
 *     button.onclick = () => { model.set("count", model.get("count") + 1); model.save_changes(); };
 *     model.on("change:count", show);
 *     show();
 *     el.append(button);
 *   } };`,
 * });
 */
export interface Widgets {
  <State extends Record<string, unknown> = Record<never, never>>(options: WidgetOptions<State>): Widget<State>;
  /** @example const speed = widget.slider({ label: "speed", min: 0, max: 10, value: 5 }); // speed.value */
  slider(options?: SliderOptions): Slider;
  /** One of several values, shown as text. */
  select<const Value extends string | number | boolean>(
    options: ControlOptions & { readonly options: readonly Value[]; readonly value?: NoInfer<Value> },
  ): Select<Value>;
  text(options?: ControlOptions & { readonly value?: string; readonly placeholder?: string }): Control<string>;
  checkbox(options?: ControlOptions & { readonly value?: boolean }): Control<boolean>;
  button(options?: ControlOptions): Button;
  /** @example const bar = widget.progress({ max: files.length }); for (…) bar.value++; */
  progress(options?: SliderOptions): Progress;
  /** Rows by pages, sorted by a click on a column's name. */
  table<Row extends object>(rows: readonly Row[], options?: { readonly pageSize?: number }): Table<Row>;
}

/** Of one parameter: its first value, the values to choose from, or all of it. */
export type InteractControl =
  | string
  | number
  | boolean
  | readonly (string | number | boolean)[]
  | SliderOptions
  | (ControlOptions & {
      readonly options: readonly (string | number | boolean)[];
      readonly value?: string | number | boolean;
    })
  | (ControlOptions & { readonly value: string | boolean });

export interface Interaction {
  /** By the parameters' names. */
  readonly controls: Readonly<Record<string, Control<string | number | boolean>>>;
  close(): void;
}

/**
 * Calls a function with what its controls say, now and whenever one changes, and shows what it returns. A parameter's
 * type makes its control: a checkbox of a boolean, a slider of a number, a choice of a union of literals, a text field of
 * a string. Defaults are where they start.
 * @example interact((n: number = 3, mark: "bar" | "line") => chart({ table: "cars.csv", mark, x: "year", limit: n }));
 */
export type Interact = (
  // biome-ignore lint/complexity/noBannedTypes: with a signature here, a parameter without a type would take that one's
  fn: Function,
  /** By the parameters' names: what their controls are instead. */
  controls?: Readonly<Record<string, InteractControl>>,
) => Interaction;
