import ts from "../typescript.cjs";
import { asWritten } from "./cell-diagnostics.ts";

const MAX_TYPE_CHARACTERS = 200; // a type is told to the model; a longer one says no more to it

/** The types of what a cell's module exports, as a variable is shown. */
export function shownTypes(checker: ts.TypeChecker, file: ts.SourceFile): Map<string, string> {
  const module = checker.getSymbolAtLocation(file);
  const exported = module === undefined ? [] : checker.getExportsOfModule(module);
  return new Map(exported.map((symbol) => [symbol.name, typeOf(checker, symbol)]));
}

function typeOf(checker: ts.TypeChecker, exported: ts.Symbol): string {
  const isAlias = (exported.flags & ts.SymbolFlags.Alias) !== 0;
  const symbol = isAlias ? checker.getAliasedSymbol(exported) : exported;
  if ((symbol.flags & ts.SymbolFlags.Enum) !== 0) return "enum";
  if ((symbol.flags & ts.SymbolFlags.Value) === 0) return "";
  return shorten(checker.typeToString(checker.getTypeOfSymbol(symbol)));
}

function shorten(type: string): string {
  const plain = asWritten(type)
    .replaceAll(/import\("[^"]*"\)\./g, "")
    .replaceAll(/\s+/g, " ");
  return plain.length <= MAX_TYPE_CHARACTERS ? plain : `${plain.slice(0, MAX_TYPE_CHARACTERS)}…`;
}
