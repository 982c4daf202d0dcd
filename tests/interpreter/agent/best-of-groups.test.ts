// "The best of each": totals of groups within others, of which each has one that comes first.
import { describe, expect, test } from "vitest";
import { contextOver } from "../sessions/notebook-session.ts";
import { readQuery } from "./read-queries.ts";

const context = contextOver({
  "bookings.csv": "room,type,amount\n1,single,10\n1,single,30\n2,single,20\n3,double,90\n4,double,50\n4,double,45\n",
  "设备.csv": "设备,车间,产量\n甲,一车间,10\n乙,一车间,30\n丙,一车间,20\n丁,二车间,9\n戊,二车间,5\n",
  "wines.csv": "province,wine,bottles\nN,red,5\nN,white,3\nN,white,4\nS,red,8\nS,white,8\n",
});
const asked = (question: string, query: string) => readQuery(context, question, query);
const rowsOf = async (question: string, query: string) =>
  (await asked(question, query)).rows?.map((row) => [String(row[0]), String(row[1]), Number(row[2])]);

const ROOMS = "SELECT room, type, sum(amount) AS total FROM bookings GROUP BY room, type ORDER BY total DESC LIMIT 1";
const FIRST = [
  ["double", "4", 95],
  ["single", "1", 40],
];

describe("of each group", () => {
  test.each([
    "For each type of room, which single room took the most money from bookings, and how much was it?",
    "Who is the number one room of each kind by amount?",
    "Welches Zimmer hat je type am meisten eingenommen?",
    "¿Qué habitación de cada tipo ingresó la mayor cantidad?",
    "Pour chaque type, quelle chambre a rapporté le plus ?",
    "每种房型里收入最多的是哪个房间?",
    "typeごとに一番多く稼いだ部屋はどれですか?",
  ])("what comes first is taken: %s", async (question) => {
    expect(await rowsOf(question, ROOMS)).toEqual(FIRST);
    expect((await asked(question, ROOMS)).note).toContain("comes first by sum(amount) DESC");
  });

  test.each([
    [
      "每个车间里产量排第二的设备叫什么名字?",
      "SELECT 设备, 车间, sum(产量) AS n FROM 设备 GROUP BY ALL ORDER BY n DESC",
    ],
    [
      "Which 设备 has the second highest 产量 in each 车间?",
      "SELECT 设备, 车间, sum(产量) AS n FROM 设备 GROUP BY 1, 2 ORDER BY 3 DESC LIMIT 2",
    ],
    [
      "Welche 设备 hat je 车间 die zweithöchste 产量?",
      "SELECT 车间, 设备, sum(产量) FROM 设备 GROUP BY 车间, 设备 ORDER BY sum(产量) DESC",
    ],
    [
      "每个车间里产量排第二的设备叫什么名字?",
      "SELECT 车间, 设备, sum(产量) AS n FROM 设备 GROUP BY 1, 2 ORDER BY n DESC LIMIT 1 OFFSET 1",
    ],
    [
      "¿Qué 设备 tiene la segunda mayor 产量 en cada 车间?",
      "SELECT 车间, 设备, sum(产量) FROM 设备 GROUP BY 车间, 设备",
    ],
  ])("%s in its place", async (question, query) => {
    expect(await rowsOf(question, query)).toEqual([
      ["一车间", "丙", 20],
      ["二车间", "戊", 5],
    ]);
  });

  test.each([
    "For each type of room, which single room took the most money?",
    "Welches Zimmer hat je type am meisten eingenommen?",
    "¿Qué habitación de cada type ingresó la mayor cantidad?",
    "typeごとに一番多く稼いだ部屋はどれですか?",
  ])("which the query does not group by: %s", async (question) => {
    const query = "SELECT room, sum(amount) AS total FROM bookings GROUP BY room ORDER BY total DESC LIMIT 1";
    expect(await rowsOf(question, query)).toEqual(FIRST);
  });

  test("by its name, where both could be", async () => {
    const query = "SELECT province, wine, sum(bottles) AS n FROM wines GROUP BY 1, 2 ORDER BY 3 DESC LIMIT 1";
    expect(await rowsOf("For every province, what's the wine they bought most bottles of?", query)).toEqual([
      ["N", "white", 7],
      ["S", "red", 8],
      ["S", "white", 8],
    ]);
    const fewest = await rowsOf("For each province, which wine had the fewest bottles?", query);
    expect(fewest?.[0]).toEqual(["N", "red", 5]);
  });
});

test.each([
  ["Which room took the most money?", ROOMS],
  ["Which room took the most money?", "SELECT room, sum(amount) AS n FROM bookings GROUP BY 1 ORDER BY 2 DESC LIMIT 1"],
  ["Which room took the most money?", `${ROOMS} OFFSET 1`],
  ["How much did each room of each type take?", ROOMS],
  [
    "Which wine had the most bottles in each shop?",
    "SELECT province, wine, sum(bottles) AS n FROM wines GROUP BY 1, 2",
  ],
  ["For each type, the top 3 rooms with the most money?", ROOMS],
  ["How much did each room take in the second quarter?", ROOMS],
])("%s stays: %s", async (question, query) => {
  expect((await asked(question, query)).note ?? "").not.toContain("of each");
});
