// Samples of river water, JSON: names with spaces and a slash, null where the laboratory lost one.
const STATIONS = {
  Lenne: ["Altena", "Plettenberg"],
  Ruhr: ["Arnsberg", "Essen", "Witten"],
  Wupper: ["Barmen", "Leichlingen"],
};

export function water(random) {
  const samples = Array.from({ length: 430 }, () => {
    const river = random.weighted({ Lenne: 3, Ruhr: 5, Wupper: 3 });
    const temp = random.normal(12.5, 4, 1);
    return {
      river,
      station: random.pick(STATIONS[river]),
      day: random.day("2022-01-10", "2024-12-16"),
      nitrate: random.chance(0.07) ? null : Math.max(0.4, random.normal(river === "Wupper" ? 17 : 11, 3.5, 2)),
      ph: random.normal(7.6, 0.3, 2),
      temp,
      oxygen: Number((14.2 - 0.31 * temp + random.normal(0, 0.5, 2)).toFixed(2)),
      lab: random.weighted({ Hydrolab: 6, Aquanord: 4 }),
    };
  });
  const records = samples.map(({ river, station, day, nitrate, ph, temp, oxygen, lab }) => ({
    river,
    station,
    "sampled on": day,
    "nitrate mg/L": nitrate,
    pH: ph,
    "water temp": temp,
    "oxygen mg/L": oxygen,
    lab,
  }));
  return { tables: { samples }, files: { "river samples.json": JSON.stringify(records, null, 1) } };
}
