/** The function, called once for all arguments that are equal as JSON. */
export function oncePer<Arguments extends readonly unknown[], Result>(
  create: (...given: Arguments) => Result,
): (...given: Arguments) => Result {
  const created = new Map<string, Result>();
  return (...given) => {
    const key = JSON.stringify(given);
    const result = created.get(key) ?? create(...given);
    created.set(key, result);
    return result;
  };
}
