// The list of todos.

import { el } from "../dom.js";
import { plural, t, today } from "../i18n.js";
import { explain } from "../problem.js";
import { addressOf, queryOf, setAddress } from "../router.js";
import * as session from "../session.js";
import { setPageSize } from "../settings.js";
import { COMPLETED, IN_PROGRESS, TodoList } from "../todo-list.js";
import { Composer } from "./composer.js";
import { confirmDeletion } from "./dialog.js";
import { openEditor } from "./editor.js";
import { Pager } from "./pager.js";
import { empty, failure, skeleton } from "./states.js";
import { Table } from "./table.js";
import { Filters, ListHead } from "./toolbar.js";

/** After how long away the list is asked for again when the person comes back to it. */
const STALE = 60_000;

export class View {
  constructor({ place, shell, sessionEnded }) {
    this.title = t("list.title");
    this.toasts = shell.toasts;
    this.sessionEnded = sessionEnded;
    this.list = new TodoList(queryOf(place.params));
    this.list.addEventListener("change", () => this.#render());
    this.list.addEventListener("ended", sessionEnded);

    this.composer = new Composer({ onAdd: (name) => this.#add({ name, desc: "" }), onDetails: (name) => this.#addWithDetails(name) });
    this.filters = new Filters({ onStatus: (status) => this.#ask({ status }), onSearch: (keyword) => this.#search(keyword) });
    this.head = new ListHead({
      onSort: (sorter) => this.#ask({ sorter }),
      onSelecting: (on) => this.#select(on),
      onSelectPage: (on) => this.list.selectPage(on),
      onComplete: () => this.#completeSelected(),
      onDelete: () => this.#deleteSelected(),
    });
    this.table = new Table({
      onSort: (sorter) => this.#ask({ sorter }),
      onToggle: (todo) => this.#toggle(todo),
      onEdit: (todo) => this.#edit(todo),
      onDelete: (todo) => this.#delete(todo),
      onSelect: (todo, on) => this.list.select(todo.key, on),
    });
    this.pager = new Pager({ onPage: (current) => this.#page(current), onSize: (size) => this.#size(size) });

    this.heading = el("h1", { class: "title", tabIndex: -1, text: t("list.title") });
    this.place = el("div", { class: "list-place" });
    this.card = el("section", { class: "card list-card", "aria-labelledby": "list-title" }, this.head.root, this.place);
    this.heading.id = "list-title";
    this.root = el(
      "div",
      { class: "page" },
      el("div", { class: "page-head" }, this.heading, this.#lead()),
      this.composer.root,
      this.filters.root,
      this.card,
      this.pager.root,
    );
    this.onReturn = () => this.#returned();
    document.addEventListener("visibilitychange", this.onReturn);
    this.#render();
    this.list.load();
  }

  focus() {
    this.heading.focus({ preventScroll: true });
  }

  /** The address changed (back, forward, a link): show what it says. */
  follow(params) {
    this.list.ask(queryOf(params));
  }

  leave() {
    document.removeEventListener("visibilitychange", this.onReturn);
    this.list.leave();
    this.table.leave();
    this.filters.leave();
  }

  #returned() {
    if (document.hidden) this.leftAt = Date.now();
    else if (this.list.phase === "ready" && Date.now() - this.leftAt > STALE) this.list.load();
  }

  #lead() {
    if (!session.isGuest()) return el("p", { class: "lead", text: today() });
    return el("p", { class: "lead lead-guest" }, `${t("list.guest")} `, el("a", { href: "/user/login", text: t("list.guestLogin") }));
  }

  #render() {
    const { list } = this;
    const none = list.phase === "ready" && list.total === 0 && !list.filtered;
    this.filters.render(list);
    this.head.render(list);
    this.head.root.hidden = none || list.phase === "failed";
    this.card.classList.toggle("list-busy", list.busy && list.phase === "ready");
    if (list.phase === "ready") {
      this.table.render(list);
      this.pager.render({ ...list.query, total: list.total });
    } else {
      this.pager.root.hidden = true;
    }
    this.#put(none ? "empty" : list.phase !== "ready" ? list.phase : list.total === 0 ? "none" : "table");
  }

  /** Puts table, skeleton or message in place, once each, so that messages are read only once. */
  #put(what) {
    if (what === this.put && what !== "failed") return;
    this.put = what;
    const make = {
      table: () => this.table.root,
      loading: () => skeleton(t("list.loading")),
      empty: () => empty({ title: t("empty.title"), text: t("empty.text") }),
      none: () =>
        empty({ title: t("none.title"), text: t("none.text"), mark: "search", action: { label: t("none.clear"), run: () => this.#showAll() } }),
      failed: () => failure({ title: t("error.title"), text: explain(this.list.error), onRetry: () => this.#retry() }),
    };
    this.place.replaceChildren(make[what]());
  }

  async #ask(changes, { replace = false } = {}) {
    const asked = this.list.ask(changes);
    setAddress(addressOf(this.list.query), { replace });
    await asked;
    // The service may have fewer pages than the address says.
    if (addressOf(this.list.query) !== location.pathname + location.search && location.pathname === "/list") {
      setAddress(addressOf(this.list.query), { replace: true });
    }
  }

  #search(keyword) {
    // Typing is one step back, not one per letter.
    if (keyword !== this.list.query.keyword) this.#ask({ keyword }, { replace: this.list.query.keyword !== "" });
  }

  #size(pageSize) {
    setPageSize(pageSize);
    this.#ask({ pageSize });
  }

  async #page(current) {
    await this.#ask({ current });
    if (this.card.getBoundingClientRect().top < 0) this.card.scrollIntoView({ block: "start" });
  }

  async #showAll() {
    await this.#ask({ keyword: "", status: "", sorter: "" });
    this.focus();
  }

  async #retry() {
    await this.list.load();
    if (this.list.phase === "ready") this.focus();
    else this.place.querySelector("button")?.focus();
  }

  /** Runs a change; what goes wrong is said in a toast. Returns whether it went well. */
  async #attempt(change) {
    try {
      await change();
      return true;
    } catch (error) {
      if (error instanceof session.SessionEnded) this.sessionEnded();
      else {
        this.toasts.problem(explain(error));
        if (error.kind === "missing") this.list.load();
      }
      return false;
    }
  }

  async #add(todo) {
    try {
      const created = await this.list.add(todo);
      setAddress(addressOf(this.list.query), { replace: true });
      this.#sayAdded(created);
      return "";
    } catch (error) {
      if (!(error instanceof session.SessionEnded)) return explain(error);
      this.sessionEnded();
      return "";
    }
  }

  #sayAdded({ key, name }) {
    if (this.list.rows.some((row) => row.key === key)) this.toasts.say(t("toast.added", { name }));
    else this.toasts.say(t("toast.addedHidden", { name }), { label: t("toast.show"), run: () => this.#showAll() });
  }

  #addWithDetails(name) {
    openEditor({
      name,
      save: (values) => this.list.add(values),
      onClose: (created) => {
        if (!created) return;
        setAddress(addressOf(this.list.query), { replace: true });
        this.composer.clear();
        this.composer.focus();
        this.#sayAdded(created);
      },
      onSessionEnded: this.sessionEnded,
    });
  }

  #edit(todo) {
    openEditor({
      todo,
      save: (values) => this.list.change(todo.key, values),
      onClose: (changed) => changed && this.toasts.say(t("toast.saved")),
      onSessionEnded: this.sessionEnded,
    });
  }

  async #toggle(todo) {
    const done = todo.status === COMPLETED;
    const index = this.list.rows.indexOf(todo);
    const went = await this.#attempt(() => this.list.setStatus(todo, done ? IN_PROGRESS : COMPLETED));
    if (!went) return;
    this.#keepFocus(index);
    this.toasts.say(t(done ? "toast.reopened" : "toast.completed", { name: todo.name }), {
      label: t("toast.undo"),
      run: () => this.#attempt(() => this.list.change(todo.key, { status: todo.status })),
    });
  }

  async #delete(todo) {
    if (!(await confirmDeletion(t("delete.single", { name: todo.name })))) return;
    const index = this.list.rows.findIndex((row) => row.key === todo.key);
    if (await this.#attempt(() => this.list.remove([todo.key]))) {
      this.toasts.say(t("toast.deleted", { name: todo.name }));
      this.#keepFocus(index);
    }
  }

  /** When the focused row is gone, its neighbour takes the focus, or the place for a new todo. */
  #keepFocus(index) {
    if (document.activeElement !== document.body && document.activeElement !== null) return;
    if (!this.table.root.isConnected || !this.table.focusRow(index)) this.composer.focus();
  }

  #select(on) {
    this.list.setSelecting(on);
    if (on) this.head.all.focus();
    else this.head.start.focus();
  }

  async #completeSelected() {
    let count = 0;
    if (await this.#attempt(async () => (count = await this.list.completeSelected()))) {
      this.toasts.say(plural("toast.completedMany", count));
      this.focus();
    }
  }

  async #deleteSelected() {
    const keys = [...this.list.selected];
    if (!(await confirmDeletion(plural("delete.many", keys.length)))) return;
    if (await this.#attempt(() => this.list.remove(keys))) {
      this.list.setSelecting(false);
      this.toasts.say(plural("toast.deletedMany", keys.length));
      this.focus();
    }
  }
}
