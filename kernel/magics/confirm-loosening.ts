import { type CellOutput, UserError } from "../cells/cell.ts";

/**
 * A notebook may come from anybody and is run as a whole: a cell of it does not take away what the user's own settings
 * turned on, unless the user says so.
 *
 * @param what happens then, as a sentence
 * @throws UserError where the user says no, or cannot be asked
 */
export async function confirmLoosening(what: string, setting: string, output: CellOutput): Promise<void> {
  const answer = await output.input(`Your settings say ${setting}. ${what} Go on? [y]es, [n]o `);
  if (/^y(es)?$/i.test(answer?.trim() ?? "")) return;
  const why = answer === undefined ? "nobody can be asked here" : "you said no";
  throw new UserError(`${setting} stays, as your settings say: ${why}`);
}
