// Delays of trains, Japanese: days with slashes, full-width brackets in names, causes that nobody wrote down.
import { delimited } from "../formats.mjs";

const STATIONS = {
  海岸線: ["浜町", "灯台前", "港南"],
  中央線: ["本町", "大学前", "北公園"],
  山手支線: ["峠口", "温泉", "滝見"],
};

export function delays(random) {
  const rows = Array.from({ length: 480 }, () => {
    const line = random.weighted({ 海岸線: 4, 中央線: 6, 山手支線: 2 });
    const cause = random.weighted({ 信号故障: 5, 車両点検: 4, 強風: line === "海岸線" ? 6 : 1, 急病人: 3, "": 2 });
    return {
      day: random.day("2024-04-01", "2025-03-31"),
      line,
      station: random.pick(STATIONS[line]),
      minutes: Math.max(2, random.normal(cause === "強風" ? 21 : 12, 5)),
      cause: cause || null,
      people: random.integer(40, 2_600),
    };
  });
  const names = ["日付", "路線", "駅", "遅延（分）", "原因", "影響人数"];
  const lines = rows.map((row) => [row.day.replaceAll("-", "/"), ...Object.values(row).slice(1)]);
  return { tables: { delays: rows }, files: { "遅延記録.csv": delimited([names, ...lines], ",") } };
}
