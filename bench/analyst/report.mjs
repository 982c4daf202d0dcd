// The figures of a run: a line for each setting and part, and how many were right of each kind and language.

const COLUMNS = [
  "right",
  "misleading",
  "wrong",
  "doubted",
  "gave up",
  "forms kept",
  "ran at first",
  "executable",
  "tokens",
  "seconds",
];

/** @param results { setting, part, kind, lang, verdict, form, calls, tokens, seconds } each */
export function reportLines(results) {
  const lines = [`${"setting part".padEnd(18)} ${COLUMNS.join("  ")}`];
  for (const setting of new Set(results.map((entry) => entry.setting))) {
    for (const part of new Set(results.map((entry) => entry.part))) {
      const of = results.filter((entry) => entry.setting === setting && entry.part === part);
      if (of.length > 0) lines.push(...partLines(setting, part, of));
    }
  }
  return lines;
}

function partLines(setting, part, of) {
  const cells = figures(of).map((figure, i) => figure.padStart(COLUMNS[i].length));
  const failed = of.flatMap(({ calls }) => calls.filter((call) => call.failed));
  const caught = failed.filter(({ error }) => /^(Error: )?the code does not compile/.test(error)).length;
  return [
    `${`${setting} ${part} (${of.length})`.padEnd(18)} ${cells.join("  ")}`,
    ...(caught > 0 ? [`  ${caught} of ${failed.length} mistakes in code were caught before it ran`] : []),
    ...["kind", "lang"].map((key) => `  ${rightByGroup(of, key)}`),
  ];
}

function figures(of) {
  const count = (verdict) => of.filter((entry) => entry.verdict === verdict).length;
  const formed = of.filter(({ form }) => form !== undefined);
  const withCalls = of.filter(({ calls }) => calls.length > 0);
  const first = withCalls.filter(({ calls }) => !calls[0].failed).length;
  const ran = withCalls.filter(({ calls }) => calls.some(({ failed }) => !failed)).length;
  const mean = (key) => of.reduce((sum, entry) => sum + entry[key], 0) / of.length;
  return [
    ...["right", "misleading", "wrong", "doubted", "gave up"].map((verdict) => share(count(verdict), of.length)),
    share(formed.filter(({ form }) => form).length, formed.length),
    share(first, withCalls.length),
    share(ran, withCalls.length),
    mean("tokens").toFixed(0),
    mean("seconds").toFixed(1),
  ];
}

function share(count, all) {
  return all === 0 ? "-" : `${Math.round((100 * count) / all)} %`;
}

function rightByGroup(of, key) {
  const groups = [...new Set(of.map((entry) => entry[key]))].sort();
  return groups
    .map((group) => {
      const members = of.filter((entry) => entry[key] === group);
      return `${group} ${members.filter(({ verdict }) => verdict === "right").length}/${members.length}`;
    })
    .join(", ");
}
