// Above the table: status filter, search, order, and what can be done with a selection.

import { el, setText } from "../dom.js";
import { icon } from "../icons.js";
import { plural, t } from "../i18n.js";
import { STATUSES } from "./editor.js";

const SEARCH_PAUSE = 250;

const SORTS = [
  ["", "sort.newest"],
  ["createdAt_ascend", "sort.oldest"],
  ["updatedAt_descend", "sort.updated"],
  ["updatedAt_ascend", "sort.stale"],
  ["name_ascend", "sort.nameUp"],
  ["name_descend", "sort.nameDown"],
];

export class Filters {
  constructor({ onStatus, onSearch }) {
    this.onSearch = onSearch;
    this.options = ["", ...STATUSES.map(String)].map((value) =>
      el("input", { type: "radio", name: "filter", value, on: { change: () => onStatus(value) } }),
    );
    this.search = el("input", {
      class: "search-input",
      type: "search",
      name: "search",
      autocomplete: "off",
      enterKeyHint: "search",
      placeholder: t("list.search"),
      "aria-label": t("list.search"),
      on: {
        input: () => this.#typed(),
        keydown: (event) => {
          if (event.key === "Enter") this.#now();
          if (event.key === "Escape" && this.search.value) {
            event.preventDefault();
            this.#empty();
          }
        },
      },
    });
    this.clear = el("button", { class: "search-clear", type: "button", "aria-label": t("list.searchClear"), hidden: true, on: { click: () => this.#empty() } }, icon("cross", 16));
    this.root = el(
      "div",
      { class: "filters", role: "search" },
      el(
        "fieldset",
        { class: "tabs" },
        el("legend", { class: "unseen", text: t("list.filter") }),
        ...this.options.map((input) => el("label", { class: "tab" }, input, el("span", { text: t(`status.${input.value || "all"}`) }))),
      ),
      el("div", { class: "search" }, icon("search", 18), this.search, this.clear),
    );
  }

  render({ query }) {
    for (const option of this.options) option.checked = option.value === query.status;
    // Not while someone types: their text is newer than the query.
    if (this.timer === undefined && this.search.value.trim() !== query.keyword) this.search.value = query.keyword;
    this.clear.hidden = this.search.value === "";
  }

  leave() {
    clearTimeout(this.timer);
  }

  #typed() {
    this.clear.hidden = this.search.value === "";
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#now(), SEARCH_PAUSE);
  }

  #now() {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.onSearch(this.search.value.trim());
  }

  #empty() {
    this.search.value = "";
    this.search.focus();
    this.#now();
    this.clear.hidden = true;
  }
}

export class ListHead {
  constructor({ onSort, onSelecting, onSelectPage, onComplete, onDelete }) {
    const button = (options, mark, text) => el("button", { type: "button", ...options }, mark && icon(mark, 18), el("span", { text }));

    this.count = el("p", { class: "count", role: "status" });
    this.sort = el(
      "select",
      { class: "select", "aria-label": t("list.sort"), on: { change: () => onSort(this.sort.value) } },
      ...SORTS.map(([value, key]) => el("option", { value, text: t(key) })),
    );
    this.start = button({ class: "button button-quiet", on: { click: () => onSelecting(true) } }, "select", t("list.select"));
    this.usual = el("div", { class: "list-head" }, this.count, el("div", { class: "list-head-end" }, this.sort, this.start));

    this.all = el("input", { class: "box", type: "checkbox", "aria-label": t("list.selectAll"), on: { change: () => onSelectPage(this.all.checked) } });
    this.selectedCount = el("p", { class: "count", role: "status" });
    this.complete = button({ class: "button button-quiet", on: { click: onComplete } }, "check", t("list.completeSelected"));
    this.remove = button({ class: "button button-quiet button-quiet-danger", on: { click: onDelete } }, "trash", t("list.deleteSelected"));
    this.stop = button({ class: "button button-quiet", on: { click: () => onSelecting(false) } }, null, t("list.selectDone"));
    this.bulk = el(
      "div",
      { class: "list-head list-head-bulk", role: "group", "aria-label": t("list.select"), hidden: true },
      el("label", { class: "select-all" }, this.all),
      this.selectedCount,
      el("div", { class: "list-head-end" }, this.complete, this.remove, this.stop),
    );
    this.root = el("div", { class: "list-head-place" }, this.usual, this.bulk);
  }

  render({ rows, total, query, phase, filtered, selecting, selected }) {
    if (phase === "ready") setText(this.count, plural(filtered ? "list.found" : "list.count", total));
    if (![...this.sort.options].some((option) => option.value === query.sorter)) this.sort.value = "";
    else this.sort.value = query.sorter;
    this.start.disabled = total === 0;
    this.usual.hidden = selecting;
    this.bulk.hidden = !selecting;

    const onPage = rows.filter((row) => selected.has(row.key)).length;
    this.all.checked = onPage > 0 && onPage === rows.length;
    this.all.indeterminate = onPage > 0 && onPage < rows.length;
    setText(this.selectedCount, plural("list.selected", selected.size));
    this.complete.disabled = selected.size === 0;
    this.remove.disabled = selected.size === 0;
  }
}
