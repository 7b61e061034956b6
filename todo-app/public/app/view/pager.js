// Page numbers under a list.

import { el } from "../dom.js";
import { icon } from "../icons.js";
import { number, t } from "../i18n.js";

/** The pages to name: first, last, the current one and its neighbours; `null` is a gap. */
export function pagesToName(current, last) {
  const wanted = [1, current - 1, current, current + 1, last].filter((page) => page >= 1 && page <= last);
  const pages = [...new Set(wanted)].sort((a, b) => a - b);
  return pages.flatMap((page, index) => {
    const gap = page - (pages[index - 1] ?? page - 1);
    // A gap of one page is as short as its number.
    if (gap === 2) return [page - 1, page];
    return gap > 2 ? [null, page] : [page];
  });
}

const SIZES = [10, 20, 50, 100];

export class Pager {
  constructor({ onPage, onSize }) {
    this.onPage = onPage;
    this.onSize = onSize;
    this.root = el("div", { class: "pager" });
  }

  render({ current, pageSize, total }) {
    const last = Math.max(1, Math.ceil(total / pageSize));
    const focused = this.root.contains(document.activeElement) ? document.activeElement.dataset.role : null;
    this.root.hidden = total === 0;
    const range = t("pager.range", {
      from: number((current - 1) * pageSize + 1),
      to: number(Math.min(current * pageSize, total)),
      total: number(total),
    });
    this.root.replaceChildren(
      el("p", { class: "pager-range", text: range }),
      last > 1 ? this.#pages(current, last) : el("span"),
      this.onSize ? this.#sizes(pageSize) : el("span"),
    );
    // The buttons are new; whoever paged by keyboard stays where they were.
    if (focused) (this.root.querySelector(`[data-role="${focused}"]:not(:disabled)`) ?? this.root.querySelector("[aria-current]"))?.focus();
  }

  #pages(current, last) {
    const step = (role, label, mark, page) =>
      el(
        "button",
        { class: "page page-step", type: "button", "aria-label": label, disabled: page < 1 || page > last, data: { role }, on: { click: () => this.onPage(page) } },
        icon(mark),
      );
    const page = (number_) =>
      number_ === null
        ? el("span", { class: "page-gap", "aria-hidden": "true", text: "…" })
        : el("button", {
            class: "page page-number",
            type: "button",
            text: number(number_),
            "aria-label": t("pager.page", { page: number(number_) }),
            "aria-current": number_ === current ? "page" : null,
            data: { role: `page-${number_}` },
            on: { click: () => this.onPage(number_) },
          });
    return el(
      "nav",
      { class: "pages", "aria-label": t("pager.label") },
      step("previous", t("pager.previous"), "left", current - 1),
      ...pagesToName(current, last).map(page),
      step("next", t("pager.next"), "right", current + 1),
    );
  }

  #sizes(pageSize) {
    const sizes = SIZES.includes(pageSize) ? SIZES : [...SIZES, pageSize].sort((a, b) => a - b);
    return el(
      "label",
      { class: "pager-size" },
      el("span", { text: t("pager.size") }),
      el(
        "select",
        { class: "select", data: { role: "size" }, on: { change: (event) => this.onSize(Number(event.target.value)) } },
        ...sizes.map((size) => el("option", { value: String(size), text: number(size), selected: size === pageSize })),
      ),
    );
  }
}
