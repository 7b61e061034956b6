// Short messages at the foot of the page. The region is there from the start, so that screen readers hear additions.

import { el } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./i18n.js";

const STAY = 7_000;

export class Toasts {
  constructor() {
    this.polite = el("div", { class: "toasts-polite", role: "status" });
    this.urgent = el("div", { class: "toasts-urgent", role: "alert" });
    this.root = el("section", { class: "toasts", "aria-label": t("toast.label") }, this.polite, this.urgent);
  }

  /** Says that something went well; `action` is `{ label, run }`. */
  say(text, action) {
    this.#add(this.polite, "check", text, action);
  }

  /** Says that something went wrong. It stays until dismissed. */
  problem(text, action) {
    this.#add(this.urgent, "cross", text, action, { stays: true });
  }

  #add(region, mark, text, action, { stays = false } = {}) {
    // One at a time: a row of toasts hides the list, and only the last one is news.
    this.polite.replaceChildren();
    this.urgent.replaceChildren();

    let timer;
    const close = () => {
      clearTimeout(timer);
      // Whoever closed it with the keyboard goes on in the page, not at its very beginning.
      if (toast.contains(document.activeElement)) document.getElementById("main").focus({ preventScroll: true });
      toast.remove();
    };
    const wait = () => {
      clearTimeout(timer);
      if (!stays) timer = setTimeout(close, STAY);
    };
    const hold = () => clearTimeout(timer);
    const toast = el(
      "div",
      { class: `toast ${stays ? "toast-problem" : ""}`, on: { mouseenter: hold, mouseleave: wait, focusin: hold, focusout: wait } },
      el("span", { class: "toast-mark" }, icon(mark, 16)),
      el("span", { class: "toast-text", text }),
      action && el("button", { class: "toast-action", type: "button", text: action.label, on: { click: () => (close(), action.run()) } }),
      el("button", { class: "toast-close", type: "button", "aria-label": t("toast.dismiss"), on: { click: close } }, icon("cross", 16)),
    );
    region.append(toast);
    wait();
  }
}
