// What stands in the place of a list that is not there: loading, empty, failed.

import { el } from "../dom.js";
import { icon } from "../icons.js";
import { t } from "../i18n.js";

function state(kind, mark, title, text, action) {
  return el(
    "div",
    { class: `state state-${kind}`, role: kind === "failure" ? "alert" : null },
    el("span", { class: "state-mark" }, icon(mark, 28)),
    el("h2", { class: "state-title", text: title }),
    el("p", { class: "state-text", text }),
    action && el("button", { class: "button", type: "button", text: action.label, on: { click: action.run } }),
  );
}

export function failure({ title, text, onRetry }) {
  return state("failure", "cloudOff", title, text, { label: t("error.retry"), run: onRetry });
}

export function empty({ title, text, mark = "leaf", action }) {
  return state("empty", mark, title, text, action);
}

/** Grey bars in the shape of what is coming. Read aloud as one sentence. */
export function skeleton(label, rows = 6) {
  const bars = Array.from({ length: rows }, () =>
    el("div", { class: "bone-row" }, el("span", { class: "bone bone-dot" }), el("span", { class: "bone bone-line" }), el("span", { class: "bone bone-tail" })),
  );
  return el("div", { class: "skeleton" }, el("p", { class: "unseen", role: "status", text: label }), ...bars);
}
