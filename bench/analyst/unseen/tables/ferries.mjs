// Crossings of ferries, French, Parquet with times; cancelled crossings carried nobody.
const LINES = { "Brest–Ouessant": 62, "Lorient–Groix": 210, "Quiberon–Belle-Île": 320, "Vannes–Houat": 85 };

export function ferries(random) {
  const crossings = Array.from({ length: 660 }, () => {
    const line = random.pick(Object.keys(LINES));
    const cancelled = random.chance(line === "Brest–Ouessant" ? 0.09 : 0.03);
    const hour = String(random.integer(6, 20)).padStart(2, "0");
    return {
      line,
      leaves: `${random.day("2024-03-01", "2024-10-31")} ${hour}:${random.pick(["00", "15", "30", "45"])}:00`,
      delay: cancelled ? null : Math.max(0, random.normal(7, 6)),
      passengers: cancelled ? null : Math.max(4, random.normal(LINES[line], LINES[line] / 4)),
      vehicles: cancelled ? null : random.integer(0, 38),
      cancelled,
    };
  });
  const parquet = `SELECT line AS ligne, leaves::TIMESTAMP AS "départ prévu", delay::INTEGER AS "retard (min)",
    passengers::INTEGER AS passagers, vehicles::INTEGER AS "véhicules", cancelled AS "annulée" FROM crossings`;
  return { tables: { crossings }, files: { "traversées.parquet": { parquet } } };
}
