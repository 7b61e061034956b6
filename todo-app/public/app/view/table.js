// The table of todos: headings that sort, one row per todo.

import { arrange, el } from "../dom.js";
import { icon } from "../icons.js";
import { t } from "../i18n.js";
import { Row } from "./row.js";

/** Where a heading's order begins: names from A, times from the latest. */
const FIRST = { name: "ascend", updatedAt: "descend" };
const OTHER = { ascend: "descend", descend: "ascend" };

export class Table {
  constructor({ onSort, ...actions }) {
    this.actions = actions;
    this.rows = new Map();
    this.body = el("tbody", { role: "rowgroup" });
    this.heads = {
      name: this.#sortable("name", onSort),
      updatedAt: this.#sortable("updatedAt", onSort),
    };
    const plain = (name, unseen) =>
      el("th", { class: `head head-${name}`, role: "columnheader", scope: "col" }, el("span", { class: unseen ? "unseen" : "", text: t(`column.${name}`) }));
    this.root = el(
      "table",
      { class: "table", role: "table", "aria-label": t("list.caption") },
      el(
        "thead",
        { role: "rowgroup" },
        el(
          "tr",
          { class: "heads", role: "row" },
          plain("done", true),
          this.heads.name.cell,
          plain("status"),
          this.heads.updatedAt.cell,
          plain("actions", true),
        ),
      ),
      this.body,
    );
    this.timer = setInterval(() => this.rows.forEach((row) => row.tick()), 30_000);
  }

  #sortable(field, onSort) {
    const mark = el("span", { class: "head-mark" });
    const label = t(field === "name" ? "column.name" : "column.updated");
    const button = el("button", { class: "head-button", type: "button" }, label, mark);
    const cell = el("th", { class: `head head-${field === "name" ? "name" : "time"}`, role: "columnheader", scope: "col" }, button);
    button.addEventListener("click", () => {
      const order = cell.dataset.order;
      onSort(`${field}_${order ? OTHER[order] : FIRST[field]}`);
    });
    return { cell, mark };
  }

  render({ rows, query, selecting, selected, busy }) {
    for (const [field, { cell, mark }] of Object.entries(this.heads)) {
      const [sorted, order] = query.sorter.split("_");
      const here = sorted === field;
      if (here) cell.dataset.order = order;
      else delete cell.dataset.order;
      cell.setAttribute("aria-sort", here ? `${order}ing` : "none");
      mark.replaceChildren(icon(!here ? "sorts" : order === "ascend" ? "up" : "down", 14));
    }
    this.root.setAttribute("aria-busy", String(busy));

    const kept = new Map();
    for (const todo of rows) {
      const row = this.rows.get(todo.key) ?? new Row(this.actions);
      row.render(todo, { selecting, selected: selected.has(todo.key) });
      kept.set(todo.key, row);
    }
    this.rows = kept;
    arrange(
      this.body,
      [...kept.values()].map((row) => row.root),
    );
  }

  /** Gives the focus to the row at `index`, or to the last one. Returns whether there is one. */
  focusRow(index) {
    const rows = [...this.rows.values()];
    const row = rows[Math.min(index, rows.length - 1)];
    row?.remove.focus();
    return row !== undefined;
  }

  leave() {
    clearInterval(this.timer);
  }
}
