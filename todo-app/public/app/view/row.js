// One todo as a row of the table. A row keeps its elements while its todo changes, so that focus stays where it is.

import { el, setText } from "../dom.js";
import { icon, STATUS_ICON } from "../icons.js";
import { ago, fullTime, t } from "../i18n.js";
import { COMPLETED, IN_PROGRESS } from "../todo-list.js";

export class Row {
  /** `actions`: onToggle, onEdit, onDelete, onSelect; each is given the todo. */
  constructor(actions) {
    this.toggle = el("button", { class: "toggle", type: "button", on: { click: () => actions.onToggle(this.todo) } });
    this.box = el("input", { class: "box", type: "checkbox", hidden: true, on: { change: () => actions.onSelect(this.todo, this.box.checked) } });
    this.name = el("button", { class: "name", type: "button", on: { click: () => actions.onEdit(this.todo) } });
    this.desc = el("p", { class: "desc" });
    this.status = el("span", { class: "status" });
    this.time = el("time");
    this.edit = el("button", { class: "icon-button", type: "button", on: { click: () => actions.onEdit(this.todo) } }, icon("edit"));
    this.remove = el("button", { class: "icon-button icon-danger", type: "button", on: { click: () => actions.onDelete(this.todo) } }, icon("trash"));

    const cell = (name, ...children) => el("td", { class: `cell cell-${name}`, role: "cell" }, ...children);
    // The roles are written out: a table laid out by grid loses them in some browsers.
    this.root = el(
      "tr",
      { class: "row", role: "row" },
      cell("done", this.toggle, this.box),
      el("th", { class: "cell cell-name", role: "rowheader", scope: "row" }, this.name, this.desc),
      cell("status", this.status),
      cell("time", this.time),
      cell("actions", this.edit, this.remove),
    );
  }

  render(todo, { selecting, selected }) {
    if (todo !== this.todo) this.#write(todo);
    this.toggle.hidden = selecting;
    this.box.hidden = !selecting;
    this.box.checked = selected;
    this.root.classList.toggle("row-selected", selecting && selected);
  }

  #write(todo) {
    const { name, status } = todo;
    const done = status === COMPLETED;
    if (this.todo?.status !== status) {
      // Open todos show, on hover, what a click does.
      this.toggle.replaceChildren(icon(status === IN_PROGRESS ? "check" : STATUS_ICON[status], 16));
      this.status.replaceChildren(icon(STATUS_ICON[status], 14), t(`status.${status}`));
      this.status.className = `status status-${status}`;
      this.root.dataset.status = status;
    }
    setText(this.name, name);
    setText(this.desc, todo.desc);
    this.desc.hidden = todo.desc.trim() === "";
    this.toggle.setAttribute("aria-label", t(done ? "row.reopen" : "row.complete", { name }));
    this.box.setAttribute("aria-label", t("row.select", { name }));
    this.edit.setAttribute("aria-label", t("row.edit", { name }));
    this.remove.setAttribute("aria-label", t("row.delete", { name }));
    this.todo = todo;
    this.tick();
  }

  /** Writes how long ago the todo changed; called again as time goes by. */
  tick() {
    const changed = new Date(this.todo.updatedAt);
    this.time.dateTime = this.todo.updatedAt;
    this.time.title = fullTime(changed);
    setText(this.time, ago(changed));
  }
}
