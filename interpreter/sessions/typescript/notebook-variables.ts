// The variables of a notebook. A name keeps its Variable for as long as it is declared, by whichever cell: code of one cell
// that names what another declares goes through it, and so finds what was declared last.
import type { Link } from "./module-scope.ts";

/** Methods, not accessors: V8 inlines their calls, and a loop over another cell's variable is as fast as over its own. */
export class Variable {
  get: () => unknown;
  set: (value: unknown) => void;
  isHoisted = false;

  constructor(name: string) {
    this.get = () => {
      throw new ReferenceError(`${name} is not defined`);
    };
    this.set = this.get;
  }

  link([get, set, isHoisted = false]: Link): void {
    this.get = get;
    this.set = set ?? assignToConstant;
    this.isHoisted = isHoisted;
  }

  get isReached(): boolean {
    try {
      return this.get() !== undefined || !this.isHoisted;
    } catch {
      return false; // ReferenceError: it is declared, and not initialized
    }
  }

  /** Where an assignment needs a place rather than a call. */
  get value(): unknown {
    return this.get();
  }

  set value(value: unknown) {
    this.set(value);
  }
}

function assignToConstant(): never {
  throw new TypeError("Assignment to constant variable.");
}

/** What one cell declares. */
export interface Declared {
  link(names: Readonly<Record<string, Link>>): void;
  /** Puts what was declared before in the place of names that were not reached. @returns these */
  takeBackUnreached(): string[];
}

export interface NotebookVariables {
  of(name: string): Variable;
  declare(): Declared;
  /** By name, for others than cells: what no cell has reached is not there, and what is set is declared anew. */
  readonly byName: Record<string, unknown>;
}

export function createNotebookVariables(): NotebookVariables {
  const declared = new Map<string, Variable>();

  function of(name: string): Variable {
    return declared.get(name) ?? new Variable(name);
  }

  function link(name: string, to: Link): Variable | undefined {
    const before = declared.get(name);
    const variable = before ?? new Variable(name);
    const old = before && Object.assign(new Variable(name), before);
    variable.link(to);
    declared.set(name, variable);
    return old;
  }

  function takeBack(name: string, old: Variable | undefined): void {
    const variable = of(name);
    Object.assign(variable, old ?? new Variable(name));
    if (old === undefined) declared.delete(name);
  }

  return {
    of,
    declare() {
      const before = new Map<string, Variable | undefined>();
      return {
        link(names) {
          for (const [name, to] of Object.entries(names)) {
            const old = link(name, to);
            if (!before.has(name)) before.set(name, old);
          }
        },
        takeBackUnreached() {
          const unreached = [...before].filter(([name]) => !of(name).isReached);
          for (const [name, old] of unreached) takeBack(name, old);
          return unreached.map(([name]) => name);
        },
      };
    },
    byName: byName(
      declared,
      (name, value) => void link(name, linkTo(value)),
      (name) => void declared.delete(name),
    ),
  };
}

function linkTo(initial: unknown): Link {
  let held = initial;
  return [
    () => held,
    (value) => {
      held = value;
    },
  ];
}

function byName(
  declared: ReadonlyMap<string, Variable>,
  set: (name: string, value: unknown) => void,
  remove: (name: string) => void,
): Record<string, unknown> {
  const reached = (name: string | symbol) => {
    const variable = typeof name === "string" ? declared.get(name) : undefined;
    return variable?.isReached ? variable : undefined;
  };
  return new Proxy(Object.create(null), {
    has: (_, name) => reached(name) !== undefined,
    get: (_, name) => reached(name)?.get(),
    ownKeys: () => [...declared.keys()].filter(reached),
    getOwnPropertyDescriptor(_, name) {
      const variable = reached(name);
      return variable && { value: variable.get(), writable: true, enumerable: true, configurable: true };
    },
    set(_, name, value) {
      set(String(name), value);
      return true;
    },
    deleteProperty(_, name) {
      remove(String(name));
      return true;
    },
  });
}
