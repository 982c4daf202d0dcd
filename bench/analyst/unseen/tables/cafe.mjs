// Receipts of a café, Japanese names in JSON; who is no member has no number.
const MENU = {
  抹茶ラテ: ["飲み物", 580],
  ほうじ茶: ["飲み物", 420],
  ブレンド: ["飲み物", 450],
  大福: ["菓子", 260],
  どら焼き: ["菓子", 240],
  サンド: ["軽食", 640],
  カレー: ["軽食", 890],
};

export function cafe(random) {
  const receipts = Array.from({ length: 600 }, () => {
    const item = random.weighted({ 抹茶ラテ: 6, ほうじ茶: 3, ブレンド: 9, 大福: 4, どら焼き: 5, サンド: 4, カレー: 3 });
    const [category, price] = MENU[item];
    const hour = random.integer(8, 19);
    return {
      time: `${random.day("2024-06-01", "2024-08-31")} ${String(hour).padStart(2, "0")}:${random.integer(10, 59)}:00`,
      item,
      category,
      price,
      count: Number(random.weighted({ 1: 6, 2: 3, 3: 1 })),
      inside: random.chance(category === "菓子" ? 0.35 : 0.7),
      member: random.chance(0.42) ? `M${String(random.integer(1, 60)).padStart(4, "0")}` : null,
    };
  });
  const records = receipts.map(({ time, item, category, price, count, inside, member }) => ({
    日時: time,
    商品: item,
    分類: category,
    単価: price,
    個数: count,
    店内: inside,
    会員番号: member,
  }));
  return { tables: { receipts }, files: { "カフェ売上.json": JSON.stringify(records) } };
}
