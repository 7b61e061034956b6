// What happened on the board, by day.

import * as api from "../api.js";
import { el } from "../dom.js";
import { around, clock, dayName, fullTime, t } from "../i18n.js";
import { icon } from "../icons.js";
import { explain } from "../problem.js";
import { setAddress } from "../router.js";
import * as session from "../session.js";
import { Pager } from "./pager.js";
import { empty, failure, skeleton } from "./states.js";

const PAGE_SIZE = 20;

const MARKS = { created: "plus", updated: "edit", completed: "check", deleted: "trash", imported: "inbox", purged: "leaf" };

function pageOf(params) {
  const page = Number(params.get("page"));
  return Number.isInteger(page) && page >= 1 ? page : 1;
}

function entry({ action, name, at }) {
  const when = new Date(at);
  const [before, after] = around(`activity.${action}`, "name");
  return el(
    "li",
    { class: `entry entry-${action}` },
    el("span", { class: "entry-mark" }, icon(MARKS[action] ?? "edit", 16)),
    el("p", { class: "entry-text" }, before, el("strong", { text: name }), after),
    el("time", { class: "entry-time", dateTime: at, title: fullTime(when), text: clock(when) }),
  );
}

function byDay(entries) {
  const days = new Map();
  for (const one of entries) {
    const day = dayName(new Date(one.at));
    days.set(day, [...(days.get(day) ?? []), one]);
  }
  return [...days].map(([day, ofDay]) =>
    el("section", { class: "day" }, el("h2", { class: "day-name", text: day }), el("ol", { class: "card entries" }, ...ofDay.map(entry))),
  );
}

export class View {
  constructor({ place, sessionEnded }) {
    this.title = t("activity.title");
    this.sessionEnded = sessionEnded;
    this.current = pageOf(place.params);
    this.heading = el("h1", { class: "title", tabIndex: -1, text: t("activity.title") });
    this.place = el("div", { class: "activity" });
    this.pager = new Pager({ onPage: (page) => this.#page(page) });
    this.pager.root.hidden = true;
    this.root = el(
      "div",
      { class: "page" },
      el("div", { class: "page-head" }, this.heading, el("p", { class: "lead", text: t("activity.lead") })),
      this.place,
      this.pager.root,
    );
    this.place.replaceChildren(this.#card(skeleton(t("activity.loading"))));
    this.#load();
  }

  focus() {
    this.heading.focus({ preventScroll: true });
  }

  follow(params) {
    this.current = pageOf(params);
    this.#load();
  }

  leave() {
    this.request?.abort();
  }

  #card(node) {
    return el("div", { class: "card" }, node);
  }

  async #page(page) {
    this.current = page;
    setAddress(page > 1 ? `/list?view=activity&page=${page}` : "/list?view=activity");
    await this.#load();
    scrollTo(0, 0);
  }

  async #load() {
    this.request?.abort();
    this.request = new AbortController();
    try {
      await session.confirm();
      const query = { current: this.current, pageSize: PAGE_SIZE };
      const { data, total } = await api.listActivity(query, this.request.signal);
      this.place.replaceChildren(
        ...(data.length === 0 ? [this.#card(empty({ title: t("activity.empty"), text: t("activity.emptyText"), mark: "inbox" }))] : byDay(data)),
      );
      this.pager.render({ ...query, total });
    } catch (error) {
      if (api.isAborted(error)) return;
      if (error instanceof session.SessionEnded || error.kind === "unauthorized") {
        this.sessionEnded();
        return;
      }
      this.pager.root.hidden = true;
      this.place.replaceChildren(this.#card(failure({ title: t("error.activity"), text: explain(error), onRetry: () => this.#retry() })));
    }
  }

  async #retry() {
    await this.#load();
    this.focus();
  }
}
