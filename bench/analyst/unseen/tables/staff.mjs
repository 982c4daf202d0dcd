// A survey among staff, Chinese: days with 年月日, salaries with commas, a dash where nobody answered.
import { delimited, written } from "../formats.mjs";

const SALARY = { 研发部: 21_500, 市场部: 15_200, 财务部: 14_300, 客服部: 9_100, 生产部: 8_700 };

export function staff(random) {
  const rows = Array.from({ length: 380 }, (_, i) => {
    const dept = random.weighted({ 研发部: 6, 市场部: 4, 财务部: 2, 客服部: 4, 生产部: 8 });
    const hired = random.day("2012-03-05", "2024-06-17");
    const years = 2024 - Number(hired.slice(0, 4));
    return {
      id: String(108 + i * 13).padStart(6, "0"),
      dept,
      city: random.weighted({ 上海: 5, 武汉: 4, 长沙: 2 }),
      age: random.integer(22, 58),
      hired,
      salary: Math.round((SALARY[dept] * (1 + 0.03 * years) + random.normal(0, 1_400)) / 10) * 10,
      score: random.chance(0.12)
        ? null
        : Number(random.weighted({ 1: 1, 2: 2, 3: 6, 4: 7, 5: dept === "研发部" ? 12 : 2 })),
    };
  });
  const names = ["工号", "部门", "城市", "年龄", "入职日期", "月薪（元）", "满意度"];
  const lines = rows.map(({ id, dept, city, age, hired, salary, score }) => {
    const [year, month, day] = hired.split("-").map(Number);
    return [id, dept, city, age, `${year}年${month}月${day}日`, written(salary, 0, ",", "."), score ?? "-"];
  });
  return { tables: { staff: rows }, files: { "员工调查.csv": delimited([names, ...lines], ",") } };
}
