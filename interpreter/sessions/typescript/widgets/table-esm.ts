// What runs in the browser for widget.table(): it draws the page that the session sends, and asks for others.
export const TABLE_ESM = `
function render({ model, el }) {
  el.classList.add("qwenlab-table");
  let asked; // a click before the session has answered the one before counts from what that one asked for
  const show = (change) => {
    asked = { ...asked, ...change };
    model.send({ show: asked });
  };
  const draw = () => {
    const { columns, cells, rows, note, page, pages, sort, descending } = model.get("view");
    asked = { page, sort, descending };
    const table = document.createElement("table");
    const head = table.createTHead().insertRow();
    columns.forEach(({ name }, i) => {
      const cell = head.appendChild(document.createElement("th"));
      cell.scope = "col";
      cell.ariaSort = i !== sort ? "none" : descending ? "descending" : "ascending";
      const button = cell.appendChild(document.createElement("button"));
      button.textContent = name + (i !== sort ? "" : descending ? " \\u25be" : " \\u25b4");
      button.onclick = () => show({ page: 0, sort: i, descending: i === asked.sort && !asked.descending });
    });
    const body = table.createTBody();
    cells.forEach((values, i) => {
      const row = body.insertRow();
      row.ariaSelected = String(rows[i] === model.get("selected"));
      row.onclick = () => {
        model.set("selected", rows[i] === model.get("selected") ? -1 : rows[i]);
        model.save_changes();
      };
      values.forEach((text, j) => {
        const cell = row.insertCell();
        cell.textContent = text ?? "null";
        cell.classList.toggle("qwenlab-number", columns[j].isNumeric);
        cell.classList.toggle("qwenlab-null", text === null);
      });
    });
    const bar = document.createElement("div");
    const turn = (label, by, title) => {
      const button = bar.appendChild(document.createElement("button"));
      button.textContent = label;
      button.title = title;
      button.disabled = page + by < 0 || page + by >= pages;
      button.onclick = () => show({ page: Math.min(Math.max(asked.page + by, 0), pages - 1) });
    };
    turn("\\u2039", -1, "previous page");
    bar.append(note);
    turn("\\u203a", 1, "next page");
    el.replaceChildren(table, bar);
  };
  model.on("change:view", draw);
  model.on("change:selected", draw);
  draw();
}
export default { render };
`;

export const TABLE_CSS = `
.qwenlab-table { overflow-x: auto; color: var(--jp-ui-font-color1, inherit); font-size: var(--jp-ui-font-size1, 13px); }
.qwenlab-table table { border-collapse: collapse; }
.qwenlab-table th, .qwenlab-table td { padding: 2px 8px; text-align: left; white-space: nowrap; }
.qwenlab-table .qwenlab-number { text-align: right; font-variant-numeric: tabular-nums; }
.qwenlab-table .qwenlab-null { color: gray; }
.qwenlab-table tbody tr:nth-child(odd) { background: var(--jp-layout-color2, #f5f5f5); }
.qwenlab-table tbody tr[aria-selected="true"] { background: var(--jp-brand-color3, #bbdefb); }
.qwenlab-table button { background: none; border: none; color: inherit; font: inherit; cursor: pointer; padding: 2px 4px; }
.qwenlab-table th button { font-weight: bold; }
.qwenlab-table button:disabled { opacity: 0.3; cursor: default; }
`;
