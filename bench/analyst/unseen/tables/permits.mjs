// Parking permits, a workbook with a title above the names and a total below the rows.
import { workbook } from "../formats.mjs";

const HOLDERS = ["Adeyemi", "Barlow", "Chowdhury", "Duffy", "Evans", "Fenwick", "Gupta", "Hughes", "Iqbal", "Jarvis"];
const FEE = { A: 142.5, B: 98, C: 61.25, D: 35 };

export function permits(random) {
  const rows = Array.from({ length: 310 }, (_, i) => {
    const zone = random.weighted({ A: 3, B: 5, C: 4, D: 2 });
    const vehicle = random.weighted({ car: 12, van: 4, motorcycle: 2 });
    const electric = random.chance(vehicle === "van" ? 0.1 : 0.28);
    return {
      permit: `PK${String(2_048 + i).padStart(6, "0")}`,
      holder: `${String.fromCharCode(65 + random.integer(0, 25))}. ${random.pick(HOLDERS)}`,
      zone,
      day: random.day("2024-01-04", "2024-12-27"),
      fee: Number((FEE[zone] * (electric ? 0.5 : 1) * (vehicle === "van" ? 1.2 : 1)).toFixed(2)),
      vehicle,
      electric,
    };
  });
  const total = Number(rows.reduce((sum, { fee }) => sum + fee, 0).toFixed(2));
  const bytes = workbook({
    Permits: [
      ["Borough of Ashmere: resident parking permits 2024"],
      [],
      ["Permit no.", "Holder", "Zone", "Issued", "Fee (£)", "Vehicle", "Electric"],
      ...rows.map(({ permit, holder, zone, day, fee, vehicle, electric }) => [
        permit,
        holder,
        zone,
        { day },
        fee,
        vehicle,
        electric ? "yes" : "no",
      ]),
      ["Total", null, null, null, total, null, null],
    ],
  });
  return { tables: { permits: rows }, files: { "Parking permits.xlsx": bytes } };
}
