// Shops of tea in China: a workbook of three sheets that belong together; some teas and a shop have no sales.
import { workbook } from "../formats.mjs";

const TEAS = [
  ["T001", "西湖龙井", "绿茶", 128],
  ["T002", "碧螺春", "绿茶", 116.5],
  ["T003", "铁观音", "乌龙茶", 98],
  ["T004", "大红袍", "乌龙茶", 188.8],
  ["T005", "正山小种", "红茶", 76],
  ["T006", "祁门红茶", "红茶", 69.5],
  ["T007", "普洱熟茶", "黑茶", 150],
  ["T008", "安化黑茶", "黑茶", 88],
  ["T009", "白毫银针", "白茶", 210],
  ["T010", "寿眉", "白茶", 54],
].map(([tea, name, kind, price]) => ({ tea, name, kind, price }));

const STORES = [
  ["S01", "杭州", "陈静"],
  ["S02", "成都", "刘洋"],
  ["S03", "广州", "黄敏"],
  ["S04", "西安", "王磊"],
  ["S05", "厦门", "林芳"],
].map(([store, city, manager]) => ({ store, city, manager }));

export function teashop(random) {
  const sales = Array.from({ length: 540 }, (_, i) => ({
    no: `X${String(i + 1).padStart(5, "0")}`,
    day: random.day("2023-01-01", "2023-12-31"),
    store: random.weighted({ S01: 9, S02: 7, S03: 11, S04: 5 }), // S05 has just been opened
    tea: random.weighted({ T001: 9, T002: 6, T003: 10, T004: 4, T005: 8, T006: 5, T007: 7, T009: 3 }),
    quantity: random.integer(1, 8),
    payment: random.weighted({ 微信: 55, 支付宝: 35, 现金: 10 }),
  }));
  const bytes = workbook({
    销售记录: [
      ["单号", "日期", "门店编号", "茶叶编号", "数量", "付款方式"],
      ...sales.map(({ no, day, store, tea, quantity, payment }) => [no, { day }, store, tea, quantity, payment]),
    ],
    茶叶: [["茶叶编号", "名称", "类别", "单价"], ...TEAS.map(Object.values)],
    门店: [["门店编号", "城市", "店长"], ...STORES.map(Object.values)],
  });
  return { tables: { sales, teas: TEAS, stores: STORES }, files: { "茶叶店.xlsx": bytes } };
}
