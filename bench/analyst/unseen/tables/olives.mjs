// A harvest of olives, Spanish: points between thousands, days with hyphens, a total below the table.
import { dayFirst, delimited, written } from "../formats.mjs";

const ESTATES = [
  ["El Retamar", "Baena"],
  ["La Umbría", "Cabra"],
  ["Los Almendros", "Baena"],
  ["Cerro Alto", "Priego"],
  ["Fuente Vieja", "Lucena"],
  ["Las Palomas", "Cabra"],
];

export function olives(random) {
  const harvest = Array.from({ length: 360 }, () => {
    const [estate, town] = random.pick(ESTATES);
    const variety = random.weighted({ Arbequina: 4, Hojiblanca: 3, Picual: 6 });
    return {
      estate,
      town,
      variety,
      day: random.day("2023-10-16", "2024-01-28"),
      kilos: Math.max(310, random.normal(variety === "Picual" ? 3_900 : 2_700, 1_100)),
      fat: random.normal(variety === "Picual" ? 22.4 : 19.1, 1.6, 1),
      price: random.normal(variety === "Arbequina" ? 0.98 : 0.86, 0.06, 3),
    };
  });
  const names = [
    "Finca",
    "Municipio",
    "Variedad",
    "Fecha de recogida",
    "Kilos",
    "Rendimiento graso (%)",
    "Precio €/kg",
  ];
  const lines = harvest.map(({ estate, town, variety, day, kilos, fat, price }) => [
    estate,
    town,
    variety,
    dayFirst(day, "-"),
    written(kilos, 0, ".", ","),
    written(fat, 1, "", ","),
    written(price, 3, "", ","),
  ]);
  const total = written(
    harvest.reduce((sum, { kilos }) => sum + kilos, 0),
    0,
    ".",
    ",",
  );
  return {
    tables: { harvest },
    files: { "cosecha 2023-24.csv": delimited([names, ...lines, ["TOTAL", "", "", "", total, "", ""]], ";") },
  };
}
