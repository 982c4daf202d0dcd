// Results of a marathon, Spanish: numbers with leading zeros, runners who gave up and so have no time.
import { delimited } from "../formats.mjs";

const NAMES = [
  "Alba",
  "Bruno",
  "Carla",
  "Darío",
  "Elena",
  "Fermín",
  "Gema",
  "Hugo",
  "Inés",
  "Javier",
  "Lucía",
  "Mateo",
];
const SURNAMES = ["Alonso", "Benítez", "Cano", "Durán", "Esteban", "Ferrer", "Gallego", "Herrero", "Iborra", "Jurado"];

export function marathon(random) {
  const runners = Array.from({ length: 700 }, (_, i) => {
    const sex = random.weighted({ hombre: 6, mujer: 4 });
    const age = random.integer(19, 71);
    const half = random.normal((sex === "mujer" ? 116 : 106) + (age - 35) * 0.25, 11, 1);
    return {
      bib: String(i * 4 + 3).padStart(5, "0"),
      name: `${random.pick(NAMES)} ${random.pick(SURNAMES)} ${random.pick(SURNAMES)}`,
      sex,
      age,
      country: random.weighted({ España: 70, Portugal: 11, Francia: 9, Italia: 6, México: 4 }),
      club: random.chance(0.31) ? null : random.pick(["Atalaya", "Correcaminos", "Llanuras", "Trote Norte"]),
      half,
      finish: random.chance(0.08) ? null : Number((half * 2.08 + random.normal(6, 5, 2)).toFixed(1)),
    };
  });
  const names = ["dorsal", "nombre", "sexo", "edad", "país", "club", "media_maraton_min", "tiempo_final_min"];
  const text = delimited([names, ...runners.map(Object.values)], ",");
  return { tables: { runners }, files: { "resultados_maratón.csv": text } };
}
