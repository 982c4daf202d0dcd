// Inspections of beehives, JSON lines in camel case; mites that were not counted are left out.
const HIVES = { Hilltop: 9, Orchard: 7, Quarry: 5, Willows: 8 };

export function hives(random) {
  const inspections = Array.from({ length: 520 }, () => {
    const apiary = random.pick(Object.keys(HIVES));
    const mites = random.chance(0.06) ? null : Math.max(0, random.normal(apiary === "Quarry" ? 31 : 18, 8));
    return {
      apiary,
      hive: `${apiary[0]}-${String(random.integer(1, HIVES[apiary])).padStart(2, "0")}`,
      day: random.day("2023-04-02", "2024-09-28"),
      brood: random.integer(2, 9),
      honey: Math.max(0, Number((9.5 - (mites ?? 20) * 0.12 + random.normal(0, 1.4, 2)).toFixed(2))),
      mites,
      queen: random.chance(0.81),
    };
  });
  const lines = inspections.map(({ apiary, hive, day, brood, honey, mites, queen }) =>
    JSON.stringify({
      apiary,
      hiveId: hive,
      inspectedOn: day,
      broodFrames: brood,
      honeyKg: honey,
      ...(mites !== null && { miteCount: mites }),
      queenSeen: queen,
    }),
  );
  return { tables: { inspections }, files: { "hives.jsonl": `${lines.join("\n")}\n` } };
}
