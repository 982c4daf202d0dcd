import type { FunctionSchema } from "../../session.ts";
import { functionSchema } from "../function-schema.ts";
import ts from "../typescript.cjs";

const FILE = "notebook.d.ts";

/** The schema of a function that a .d.ts text declares; or why it cannot be a tool. */
export function declaredFunction(
  name: string,
  declarations: string,
  folder: string,
): FunctionSchema | { readonly problem: string } {
  const path = `${folder}/${FILE}`;
  const options: ts.CompilerOptions = { target: ts.ScriptTarget.ES2022, strict: true, noEmit: true, types: [] };
  const host = ts.createCompilerHost(options);
  const source = ts.createSourceFile(path, declarations, ts.ScriptTarget.Latest, true);
  const own: ts.CompilerHost = {
    ...host,
    getSourceFile: (file, ...rest) => (file === path ? source : host.getSourceFile(file, ...rest)),
  };
  const checker = ts.createProgram([path], options, own).getTypeChecker();
  return functionSchema(name, symbolOf(name, source, checker), checker);
}

function symbolOf(name: string, file: ts.SourceFile, checker: ts.TypeChecker): ts.Symbol | undefined {
  for (const statement of file.statements) {
    const nodes = ts.isVariableStatement(statement) ? statement.declarationList.declarations : [statement];
    for (const node of nodes) {
      const named = (node as { name?: ts.Node }).name;
      if (named && ts.isIdentifier(named) && named.text === name) return checker.getSymbolAtLocation(named);
    }
  }
  return undefined;
}
