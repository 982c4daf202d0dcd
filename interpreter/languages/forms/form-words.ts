/** Words before and behind a quoted text that tell what it is for: `like "..."`, 「…」の形式. */
export interface Beside {
  readonly before: RegExp;
  readonly behind: RegExp;
}

/** How a question of one language asks for the form of its answer. */
export interface FormWords {
  /** Numbers. `decimals` and `significant` give the count as a group; `places` are tenths, hundredths, whole ones. */
  readonly decimals: RegExp;
  readonly places: readonly (readonly [RegExp, number])[];
  readonly numerals: Readonly<Record<string, number>>;
  readonly significant: RegExp;
  readonly nearest: readonly (readonly [RegExp, number])[];
  readonly percent: RegExp;
  readonly scaled: readonly (readonly [RegExp, number, string])[]; // and the word that stands behind the number
  readonly thousands: RegExp; // set apart, by `groups` where the question names no sign
  readonly groups: string;
  readonly decimalComma: RegExp;
  readonly sign: RegExp; // a currency's, not its name
  readonly inFront: RegExp; // of the number
  readonly unit: RegExp; // as a group

  /** Names and their order. */
  readonly upperCase: RegExp;
  readonly lowerCase: RegExp;
  readonly bold: RegExp;
  readonly quotes: RegExp;
  readonly brackets: RegExp;
  readonly descending: RegExp;
  readonly ascending: RegExp;
  readonly alphabetical: RegExp;
  readonly weekday: RegExp; // in place of a date

  /** One value. `only` gives what it is as a group: "just the weekday". */
  readonly oneWord: RegExp;
  readonly onlyNumber: RegExp;
  readonly onlyName: RegExp;
  readonly only: RegExp;
  readonly bare: RegExp; // whatever the value is: "no explanation"
  readonly yesOrNo: RegExp;
  readonly trueOrFalse: RegExp;
  readonly trueAndFalse: readonly [string, string];
  readonly range: RegExp;

  /** Rows. In `separated` the separator stands as "#"; behind `header` stand the names. */
  readonly list: RegExp;
  readonly numberedList: RegExp;
  readonly lines: RegExp;
  readonly separated: RegExp;
  readonly table: RegExp;
  readonly header: RegExp;

  /** `limit` has the groups `count`, one of `words`, `lines` and `sentences`, and `below` where the count is too much. */
  readonly limit: RegExp;
  /** What the answer begins with. */
  readonly begins: Beside;
  /** A sketch or an example of the answer. */
  readonly like: Beside;
  /** "Answer": what stands before the name of a language that the answer should be in. */
  readonly answerIn: RegExp;
}
