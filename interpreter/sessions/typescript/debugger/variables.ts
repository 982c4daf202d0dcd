// What can be expanded in a debugger: scopes and objects, by the numbers that the front end names them by.

import type { Runtime } from "node:inspector";
import type { DebugProtocol } from "@vscode/debugprotocol";
import { InterpreterError } from "../../../errors.ts";
import { asArgument, resultOf } from "./debuggee-calls.ts";
import { describeValue, isOurs, typeOf } from "./describe-value.ts";
import type { Inspector, Properties } from "./inspector.ts";

export const OBJECT_GROUP = "qwenlab"; // what the inspector holds for us

const PAGE_SIZE = 100; // elements that are listed at once where nobody asks for a part
const MAX_PROPERTIES = 1_000;
const NAME = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;
const LENGTH = /\((\d+)\)$/; // "Array(3)", "Uint8Array(3)"

// Elements as they are, also where they are getters.
const SLICE = `function (start, count) {
  const slice = {};
  const end = Math.min(start + count, this.length);
  for (let i = start; i < end; i++) {
    const property = Object.getOwnPropertyDescriptor(this, i);
    if (property) Object.defineProperty(slice, i, property);
  }
  return slice;
}`;
const ASSIGN = "function (name, value) { this[name] = value; }";
const READ = "function (get) { return Reflect.apply(get, this, []); }";

export interface Page {
  readonly filter?: "indexed" | "named" | undefined;
  readonly start?: number | undefined;
  readonly count?: number | undefined;
}

/** What has children. */
export interface Container {
  list(page: Page): Promise<readonly DebugProtocol.Variable[]>;
  /** @param value evaluated already */
  assign?(name: string, value: Runtime.RemoteObject): Promise<void>;
}

export interface Variables {
  add(container: Container): number;
  get(reference: number): Container;
  /** @param evaluateName an expression that gives the value */
  variable(name: string, value: Runtime.RemoteObject, evaluateName?: string): DebugProtocol.Variable;
  of(properties: Properties, parent: Parent): readonly DebugProtocol.Variable[];
  /** What was handed out before is not known any more. */
  clear(): void;
}

interface Parent {
  readonly objectId?: string; // whose getters these are
  readonly evaluateName?: string | undefined;
}

export function createVariables(inspector: () => Inspector): Variables {
  const containers = new Map<number, Container>();
  let nextReference = 1;

  function add(container: Container): number {
    containers.set(nextReference, container);
    return nextReference++;
  }

  /** Own ones, and V8's own: entries, prototype, the target of a proxy. None of a proxy's traps runs. */
  function properties(objectId: string, isSlice = false): Promise<Properties> {
    const how = { ownProperties: true, nonIndexedPropertiesOnly: !isSlice, generatePreview: true };
    return inspector().call("Runtime.getProperties", { objectId, ...how });
  }

  async function slice(objectId: string, start: number, count: number): Promise<Properties> {
    const how = { arguments: [{ value: start }, { value: count }], objectGroup: OBJECT_GROUP, silent: true };
    const called = { objectId, functionDeclaration: SLICE, ...how };
    const { objectId: part } = resultOf(await inspector().call("Runtime.callFunctionOn", called));
    return { result: (await properties(part ?? "", true)).result };
  }

  function variable(name: string, value: Runtime.RemoteObject, evaluateName?: string): DebugProtocol.Variable {
    const { type, objectId } = value;
    const isExpandable = type === "object" || type === "function"; // a symbol has an id as well
    const length = lengthOf(value);
    return {
      ...{ name, value: describeValue(value), type: typeOf(value) },
      variablesReference:
        objectId === undefined || !isExpandable ? 0 : add(objectContainer(value, objectId, evaluateName)),
      ...(evaluateName !== undefined && { evaluateName }),
      ...(length !== undefined && { indexedVariables: length }),
    };
  }

  /** Its value is asked for when it is expanded: a getter is code of the user's. */
  function getter(name: string, { objectId, evaluateName }: Parent, get: Runtime.RemoteObject): DebugProtocol.Variable {
    const read = async () => {
      const how = { arguments: [asArgument(get)], objectGroup: OBJECT_GROUP, generatePreview: true, silent: true };
      const called = { objectId: objectId ?? "", functionDeclaration: READ, ...how };
      const value = resultOf(await inspector().call("Runtime.callFunctionOn", called));
      return [variable("", value, memberOf(evaluateName, name))];
    };
    return {
      ...{ name, value: "(…)", type: "getter", variablesReference: add({ list: read }) },
      presentationHint: { lazy: true },
    };
  }

  function of({ result, privateProperties, internalProperties }: Properties, parent: Parent) {
    return [
      ...result.filter(isShown).map(({ name, value, get }) => {
        if (get?.objectId !== undefined) return getter(name, parent, get);
        return variable(name, value ?? { type: "undefined" }, memberOf(parent.evaluateName, name));
      }),
      ...(privateProperties ?? []).filter(isShown).flatMap(({ name, value }) => (value ? [variable(name, value)] : [])),
      ...(internalProperties ?? [])
        .filter(isShown)
        .flatMap(({ name, value }) => (value ? [variable(name, value)] : [])),
    ];
  }

  function objectContainer(value: Runtime.RemoteObject, objectId: string, evaluateName?: string): Container {
    const length = lengthOf(value);
    const parent = { objectId, evaluateName };

    /** Of many elements: parts, and parts of these. */
    async function elements(start: number, count: number): Promise<readonly DebugProtocol.Variable[]> {
      if (count <= PAGE_SIZE) return of(await slice(objectId, start, count), parent);
      const size = PAGE_SIZE ** Math.max(1, Math.ceil(Math.log(count) / Math.log(PAGE_SIZE)) - 1);
      return Array.from({ length: Math.ceil(count / size) }, (_, i) => {
        const from = start + i * size;
        const held = Math.min(size, start + count - from);
        const list = () => elements(from, held);
        return { name: `${from}…${from + held - 1}`, value: "", variablesReference: add({ list }) };
      });
    }

    async function named(): Promise<readonly DebugProtocol.Variable[]> {
      const found = await properties(objectId);
      const more = {
        name: "…",
        value: `only the first ${MAX_PROPERTIES} properties are listed`,
        variablesReference: 0,
      };
      const result = found.result.slice(0, MAX_PROPERTIES);
      return [...of({ ...found, result }, parent), ...(result.length < found.result.length ? [more] : [])];
    }

    return {
      async list({ filter, start = 0, count = 0 }) {
        if (length === undefined) return filter === "indexed" ? [] : named();
        if (filter === "named") return named();
        const indexed = count > 0 ? of(await slice(objectId, start, count), parent) : await elements(0, length);
        return filter === "indexed" || count > 0 ? indexed : [...indexed, ...(await named())];
      },
      async assign(name, assigned) {
        const args = [{ value: name }, asArgument(assigned)];
        const called = { objectId, functionDeclaration: ASSIGN, arguments: args, silent: true };
        resultOf(await inspector().call("Runtime.callFunctionOn", called));
      },
    };
  }

  return {
    ...{ add, variable, of },
    get(reference) {
      const container = containers.get(reference);
      if (container !== undefined) return container;
      throw new InterpreterError(`there is no variablesReference ${reference} any more: the code has run on`);
    },
    clear: () => containers.clear(),
  };
}

function isShown({ name }: { readonly name: string }): boolean {
  return !isOurs(name);
}

function lengthOf({ subtype, description = "" }: Runtime.RemoteObject): number | undefined {
  if (subtype !== "array" && subtype !== "typedarray") return undefined;
  return Number(LENGTH.exec(description)?.[1] ?? 0);
}

function memberOf(object: string | undefined, name: string): string | undefined {
  if (object === undefined) return undefined;
  if (NAME.test(name)) return `${object}.${name}`;
  return `${object}[${/^\d+$/.test(name) ? name : JSON.stringify(name)}]`;
}
