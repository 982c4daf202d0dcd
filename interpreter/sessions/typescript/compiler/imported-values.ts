// What the checker knows of an imported name: whether it is there at run time, and whether its value may change.
import ts from "../typescript.cjs";

export interface ImportedValues {
  isValue(name: ts.Identifier): boolean;
  isConstant(name: ts.Identifier): boolean;
}

interface CheckerInternals {
  isUnknownSymbol(symbol: ts.Symbol): boolean;
  getTypeOnlyAliasDeclaration(symbol: ts.Symbol): ts.Node | undefined; // a class that some module exports as a type
}

export function importedValues(checker: ts.TypeChecker): ImportedValues {
  const internals = checker as unknown as CheckerInternals; // they are there, and not typed

  /** `undefined` for what comes from a module without types. */
  function target(name: ts.Identifier): ts.Symbol | undefined {
    const symbol = checker.getSymbolAtLocation(name);
    if (symbol === undefined) return undefined;
    const aliased = (symbol.flags & ts.SymbolFlags.Alias) === 0 ? symbol : checker.getAliasedSymbol(symbol);
    return internals.isUnknownSymbol(aliased) ? undefined : aliased;
  }

  return {
    isValue(name) {
      const symbol = target(name);
      const own = checker.getSymbolAtLocation(name);
      if (symbol === undefined || own === undefined) return true;
      if (internals.getTypeOnlyAliasDeclaration(own) !== undefined) return false;
      const { flags, valueDeclaration: declaration } = symbol;
      const isInlined = (flags & ts.SymbolFlags.ConstEnum) !== 0 && declaration?.getSourceFile().isDeclarationFile;
      return (flags & ts.SymbolFlags.Value) !== 0 && !isInlined;
    },
    isConstant(name) {
      const declaration = target(name)?.valueDeclaration;
      if (declaration === undefined || !ts.isVariableDeclaration(declaration)) return true;
      return (ts.getCombinedNodeFlags(declaration) & ts.NodeFlags.Const) !== 0;
    },
  };
}
