// The tables of the questions: real ones, as the npm package vega-datasets ships them, and a few small files with traps.
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const PACKAGE = "vega-datasets@2.11.0"; // 17 MB; fetched when the benchmark is first run
const SETS = {
  barley: ["barley.json"],
  birds: ["birdstrikes.csv"],
  cars: ["cars.json"],
  co2: ["co2-concentration.csv"],
  crimea: ["crimea.json"],
  disasters: ["disasters.csv"],
  economy: ["disasters.csv", "global-temp.csv"],
  flights: ["flights-2k.json", "airports.csv"],
  football: ["football.json"],
  gapminder: ["gapminder.json"],
  github: ["github.csv"],
  jobs: ["jobs.json"],
  movies: ["movies.json"],
  penguins: ["penguins.json"],
  people: ["lookup_people.csv:people.csv", "lookup_groups.csv:groups.csv"],
  population: ["population.json"],
  stocks: ["stocks.csv"],
  traps: [],
  weather: ["seattle-weather.csv"],
};

/** Files as people are sent them: semicolons and decimal commas, Latin-1, texts among numbers, tabs and quotes. */
const TRAPS = {
  "umsatz.csv": Buffer.from(
    "stadt;datum;betrag\nMünchen;03.01.2024;1234,5\nKöln;04.01.2024;99,9\nMünchen;05.01.2024;2500,0\nZürich;06.01.2024;75,25\n",
    "latin1",
  ),
  "mixed.csv": 'product,price\nnut,10\nbolt,20.5\nscrew,n/a\nnail,30\nhook,"ask us"\n',
  "villes.csv": "\ufeffville;habitants\nParis;2 145 906\nLyon;516 092\nMarseille;870 731\n",
  "tabs.tsv": 'product\tquantity\n"nut"\t12\n"bolt, long"\t40\nscrew\t7\n',
};

/** A folder a set, each with its files. @returns set -> folder */
export function prepareTables(folder) {
  const source = join(folder, "node_modules", "vega-datasets", "data");
  mkdirSync(folder, { recursive: true });
  if (!existsSync(source)) {
    execFileSync("npm", ["install", "--no-audit", "--no-fund", "--prefix", folder, PACKAGE], { stdio: "inherit" });
  }
  return Object.fromEntries(
    Object.entries(SETS).map(([set, files]) => {
      const target = join(folder, "sets", set);
      mkdirSync(target, { recursive: true });
      for (const file of files) {
        const [from, to = from] = file.split(":");
        copyFileSync(join(source, from), join(target, to));
      }
      if (set === "traps") for (const [name, text] of Object.entries(TRAPS)) writeFileSync(join(target, name), text);
      return [set, target];
    }),
  );
}
