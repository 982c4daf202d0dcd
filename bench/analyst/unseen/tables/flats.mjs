// Flats to let in Paris: spaces between thousands, euro signs, accents in names, references with leading zeros.
import { dayFirst, delimited, written } from "../formats.mjs";

const SURFACE = { studio: 24, T2: 41, T3: 63, T4: 88 };

export function flats(random) {
  const rows = Array.from({ length: 460 }, (_, i) => {
    const district = `${random.integer(9, 20)}e`;
    const kind = random.weighted({ studio: 30, T2: 40, T3: 22, T4: 8 });
    const surface = Math.max(9, random.normal(SURFACE[kind], SURFACE[kind] / 8, 1));
    const furnished = random.chance(kind === "studio" ? 0.7 : 0.35);
    const perMetre = random.normal(furnished ? 34 : 29, 2.4, 3) - (Number.parseInt(district, 10) - 9) * 0.5;
    return {
      ref: String(312 + i * 7).padStart(6, "0"),
      district,
      kind,
      surface,
      rent: Number((surface * perMetre).toFixed(2)),
      furnished,
      listed: random.day("2024-02-01", "2024-09-30"),
      agency: random.chance(0.24) ? null : random.pick(["Immo Lumière", "Cabinet Hardel", "Clés & Co", "Rive Droite"]),
    };
  });
  const names = ["réf", "arrondissement", "type", "surface_m2", "loyer_mensuel", "meublé", "mis_en_ligne", "agence"];
  const lines = rows.map(({ ref, district, kind, surface, rent, furnished, listed, agency }) => [
    ref,
    district,
    kind,
    written(surface, 1, "", ","),
    `${written(rent, 2, "\u00a0", ",")} €`,
    furnished ? "oui" : "non",
    dayFirst(listed, "/"),
    agency,
  ]);
  return { tables: { flats: rows }, files: { "annonces_location.csv": `\ufeff${delimited([names, ...lines], ";")}` } };
}
