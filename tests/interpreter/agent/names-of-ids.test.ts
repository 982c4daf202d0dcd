// Where a name is asked for and the query gives an id, the table that says what each is called gives the name, too.
import { describe, expect, test } from "vitest";
import { contextOver } from "../sessions/notebook-session.ts";
import { readQuery } from "./read-queries.ts";

const context = contextOver({
  "stations.csv": "station_id,name,city\n1,Alpha,Oslo\n2,Beta,Bonn\n3,Gamma,Bonn\n",
  "readings.csv": "station_id,day,pm10\n1,2024-01-01,10\n2,2024-01-01,30\n2,2024-01-02,31\n3,2024-01-02,5\n",
  "drivers.csv": "id,name,phone\n7,Ann,1\n8,Bob,2\n",
  "trips.csv": "trip_id,driver_id,km\n1,7,5\n2,8,9\n3,8,4\n",
  "pairs.csv": "shop_id,owner\n1,a\n1,b\n",
  "sales.csv": "shop_id,units\n1,5\n2,6\n",
});
const MEANS = "SELECT station_id, avg(pm10) AS m FROM 'readings.csv' GROUP BY station_id ORDER BY m DESC LIMIT 1";

describe("the name", () => {
  test.each([
    ["Which station has the highest mean pm10?", MEANS, [["Beta", 2, 30.5]]],
    ["Welche Station hat den höchsten Mittelwert?", MEANS, [["Beta", 2, 30.5]]],
    ["¿Qué estación tiene la media más alta?", MEANS, [["Beta", 2, 30.5]]],
    ["Quelle station a la plus haute moyenne ?", MEANS, [["Beta", 2, 30.5]]],
    ["哪个站点的平均值最高？", MEANS, [["Beta", 2, 30.5]]],
    ["平均が一番高い観測所はどれですか?", MEANS, [["Beta", 2, 30.5]]],
    [
      "Give me the names of the stations with a mean above 8",
      "SELECT r.station_id, avg(pm10) AS m FROM 'readings.csv' r JOIN 'stations.csv' s ON r.station_id = s.station_id GROUP BY 1 HAVING avg(pm10) > 8 ORDER BY 2",
      [
        [1, 10, "Alpha"],
        [2, 30.5, "Beta"],
      ],
    ],
    [
      "Who drove the most km?",
      "SELECT driver_id, sum(km) AS km FROM 'trips.csv' GROUP BY driver_id ORDER BY km DESC LIMIT 1",
      [["Bob", 8, 13]],
    ],
    [
      "Which stations measured above 30?",
      "SELECT DISTINCT station_id FROM 'readings.csv' WHERE pm10 > 30",
      [[2, "Beta"]],
    ],
  ])("is shown: %s %s", async (question, query, rows) => {
    const read = await readQuery(context, question, query);
    expect(read.rows).toEqual(rows);
    expect(read.note).toContain("is named by name of");
  });

  test.each([
    ["Which station id has the highest mean pm10?", MEANS],
    ["What is the mean pm10 by station?", MEANS],
    ["Which shop sold the most units?", "SELECT shop_id, units FROM 'sales.csv' ORDER BY units DESC LIMIT 1"], // two owners
    [
      "Which station is in Oslo?",
      "SELECT s.station_id, s.name FROM 'stations.csv' s JOIN 'readings.csv' r ON s.station_id = r.station_id WHERE city = 'Oslo'",
    ],
  ])("and is not where none is asked for, or none is known: %s", async (question, query) => {
    expect((await readQuery(context, question, query)).note ?? "").not.toContain("is named by");
  });
});
