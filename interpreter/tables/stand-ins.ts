// Numbers that may stand for a missing value, as 9999: told with the table, and with what is computed of them.

export function standInNote(value: number): string {
  return `${value} may stand for a missing value; it is read as a number`;
}

export interface StandIn {
  readonly column: string;
  readonly value: string;
}

/** Those that a table's notes tell of. */
export function standInsOf(notes: readonly string[]): StandIn[] {
  return notes.flatMap((note) => {
    const [, column, value] = /^(.+): (-?[\d.]+) may stand for a missing value; it is read/s.exec(note) ?? [];
    return column === undefined || value === undefined ? [] : [{ column, value }];
  });
}
