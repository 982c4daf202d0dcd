// widget({ esm, css, state }): rendered by anywidget, which JupyterLab, VS Code and nbconvert know. https://anywidget.dev
import { randomUUID } from "node:crypto";
import { type SourceText, sourceText } from "./source-text.ts";
import { type BuiltWidget, buildWidget } from "./widget.ts";
import type { Widget, WidgetOptions } from "./widget-types.ts";

const MODULE = "anywidget";
const VERSION = "0"; // of the front end's package, as a range: what is used here is in all of them
const MEMBER_OF_PROTOCOL = /^_|^(layout|tabbable|tooltip)$/;

export function anyWidget<State extends object>(options: WidgetOptions<State>): Widget<State> {
  const { esm, css = "", state = {} as State, ...unknown } = options; // as: nothing is in it where nothing is said
  const [wrong] = Object.keys(unknown);
  if (wrong !== undefined) throw new TypeError(`widget() has no option ${wrong}; there are: esm, css, state`);
  if (typeof esm !== "string" && !(esm instanceof URL))
    throw new TypeError("widget() needs esm: the text of a JavaScript module, or the name of a file with it");
  const reserved = Object.keys(state).find((name) => MEMBER_OF_PROTOCOL.test(name));
  if (reserved !== undefined) throw new TypeError(`state.${reserved} is a name of the front end's own; choose another`);

  const module = sourceText(esm, "esm");
  const style = sourceText(css, "css");
  const watchers: ReturnType<SourceText["watch"]>[] = [];
  const widget = buildWidget<State>({
    kind: "widget",
    needs: "jupyterlab_widgets anywidget",
    state,
    model: anyModel(randomUUID(), module.text, style.text),
    closed() {
      for (const watcher of watchers) watcher?.close();
    },
  });
  watchers.push(module.watch(rewrites(widget, "_esm")), style.watch(rewrites(widget, "_css")));
  return widget;
}

/** @param id of its code: where it is the same, its CSS stands in the page once */
export function anyModel(id: string, esm: string, css: string): Readonly<Record<string, unknown>> {
  return {
    ...{ _model_module: MODULE, _model_module_version: VERSION, _model_name: "AnyModel" },
    ...{ _view_module: MODULE, _view_module_version: VERSION, _view_name: "AnyView", _view_count: null },
    ...{ _anywidget_id: `qwenlab.${id}`, _esm: esm, _css: css },
  };
}

function rewrites<State extends object>(widget: BuiltWidget<State>, member: "_esm" | "_css"): (text: string) => void {
  return (text) => widget.writeModel({ [member]: text });
}
