// The scripts of the session that a user wrote: cells, and files of the folder. Places go through their source maps.
import type { Debugger } from "node:inspector";
import { fileURLToPath } from "node:url";
import { InterpreterError } from "../../../errors.ts";
import { type SourcePlace, sourcePlaces } from "../source-places.ts";
import { SOURCE_MAP_MARK } from "./debugged.ts";
import type { DebuggeeCalls } from "./debuggee-calls.ts";
import type { Inspector } from "./inspector.ts";

export const CELL_SCRIPT = "qwenlab-cell:";

export interface DebuggedScript {
  readonly scriptId: string;
  readonly path: string; // of a cell the one that it is dumped to
  readonly label: string; // "In [3]", "lib/rows.ts"
  readonly source: string; // as written
  readonly isCell: boolean;
  /** @param location 0-based, as the inspector counts */
  placeOf(location: Debugger.Location): SourcePlace;
  /** Where the script can stop, in the order of the source. */
  stoppingPlaces(): Promise<readonly StoppingPlace[]>;
}

export interface StoppingPlace {
  readonly location: Debugger.Location;
  readonly place: SourcePlace;
}

export interface Scripts {
  parsed(script: Debugger.ScriptParsedEventDataType): void;
  /** `undefined` for a script of nobody's concern. */
  load(scriptId: string): Promise<DebuggedScript | undefined>;
  /** The newest that runs by this file name. */
  named(fileName: string): Promise<DebuggedScript | undefined>;
  all(): Promise<readonly DebuggedScript[]>;
}

export interface ScriptsParts {
  readonly inspector: Inspector;
  readonly debuggee: DebuggeeCalls;
  readonly fileNames: readonly string[]; // of scripts that ran before there was a debugger
  readonly cellPath: (source: string) => string;
}

export function createScripts({ inspector, debuggee, fileNames, cellPath }: ScriptsParts): Scripts {
  const early = new Set(fileNames);
  const known = new Map<string, () => Promise<DebuggedScript>>(); // by id
  const newest = new Map<string, string>(); // by file name, the id

  async function read(scriptId: string, fileName: string): Promise<DebuggedScript> {
    const script = await debuggee.value("script", { value: fileName });
    if (script === undefined) throw new InterpreterError(`the session does not know its own script ${fileName}`);
    const { label, source } = script;
    const isCell = fileName.startsWith(CELL_SCRIPT);
    const find = sourcePlaces(script);
    const placeOf = ({ lineNumber, columnNumber = 0 }: Debugger.Location) => find(lineNumber + 1, columnNumber + 1);
    // The first line is ours: its functions, which give the script's names to others, are not stepped into.
    const positions = [
      { lineNumber: 0, columnNumber: 0 },
      { lineNumber: 1, columnNumber: 0 },
    ];
    void inspector.call("Debugger.setBlackboxedRanges", { scriptId, positions }).catch(() => {}); // it has ended
    let places: Promise<readonly StoppingPlace[]> | undefined;
    return {
      ...{ scriptId, label, source, isCell, placeOf },
      path: isCell ? cellPath(source) : fileName,
      stoppingPlaces() {
        places ??= stoppingPlaces(inspector, scriptId, placeOf);
        return places;
      },
    };
  }

  return {
    parsed({ scriptId, url, sourceMapURL }) {
      const fileName = url.startsWith("file:") ? fileURLToPath(url) : url;
      if (sourceMapURL !== SOURCE_MAP_MARK && !early.has(fileName)) return;
      newest.set(fileName, scriptId);
      let script: Promise<DebuggedScript> | undefined;
      known.set(scriptId, () => {
        script ??= read(scriptId, fileName);
        return script;
      });
    },
    load: async (scriptId) => known.get(scriptId)?.(),
    named: async (fileName) => known.get(newest.get(fileName) ?? "")?.(),
    all: () => Promise.all([...known.values()].map((load) => load())),
  };
}

async function stoppingPlaces(
  inspector: Inspector,
  scriptId: string,
  placeOf: DebuggedScript["placeOf"],
): Promise<readonly StoppingPlace[]> {
  const start = { scriptId, lineNumber: 0, columnNumber: 0 };
  const { locations } = await inspector.call("Debugger.getPossibleBreakpoints", { start });
  return locations
    .map(({ scriptId, lineNumber, columnNumber = 0 }) => ({ scriptId, lineNumber, columnNumber }))
    .map((location) => ({ location, place: placeOf(location) }))
    .filter(({ place }) => place.isWritten)
    .sort((a, b) => a.place.line - b.place.line || a.place.column - b.place.column);
}
