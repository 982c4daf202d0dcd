import type ts from "typescript";
import type { DeclaredVariable } from "../cell-compiler.ts";
import { typescript } from "./converter.ts";

const MAX_TYPE_CHARACTERS = 200; // a type is told to the model; a longer one says no more to it

/** The values that earlier cells declared, with their types; imported names and mere types are left out. */
export function declaredVariables(declarations: string): DeclaredVariable[] {
  const file = typescript.createSourceFile("cells.d.ts", declarations, typescript.ScriptTarget.Latest, true);
  return file.statements.flatMap((statement) => variablesOf(statement, file));
}

function variablesOf(statement: ts.Statement, file: ts.SourceFile): DeclaredVariable[] {
  if (typescript.isVariableStatement(statement)) {
    return statement.declarationList.declarations.map(({ name, type, initializer }) => ({
      name: name.getText(file),
      type: shorten((type ?? initializer)?.getText(file) ?? "any"),
    }));
  }
  if (typescript.isFunctionDeclaration(statement) && statement.name !== undefined) {
    const parameters = statement.parameters.map((parameter) => parameter.getText(file)).join(", ");
    const result = statement.type?.getText(file) ?? "any";
    return [{ name: statement.name.text, type: shorten(`(${parameters}) => ${result}`) }];
  }
  if (typescript.isClassDeclaration(statement) && statement.name !== undefined) {
    return [{ name: statement.name.text, type: `typeof ${statement.name.text}` }];
  }
  if (typescript.isEnumDeclaration(statement)) return [{ name: statement.name.text, type: "enum" }];
  return [];
}

function shorten(type: string): string {
  const plain = type.replaceAll(/import\("[^"]*"\)\./g, "").replaceAll(/\s+/g, " ");
  return plain.length <= MAX_TYPE_CHARACTERS ? plain : `${plain.slice(0, MAX_TYPE_CHARACTERS)}…`;
}
