// The state of the list: what is asked, what came back, what is selected. Knows no DOM.

import * as api from "./api.js";
import * as session from "./session.js";

export const COMPLETED = 2;
export const IN_PROGRESS = 1;

/** How many changes to several todos are under way at once. */
const PARALLEL = 4;

export class TodoList extends EventTarget {
  query;
  rows = [];
  total = 0;
  /** loading: nothing to show yet | ready | failed: nothing to show, `error` says why. */
  phase = "loading";
  error = null;
  /** A request is under way while older rows are still shown. */
  busy = false;
  selecting = false;
  selected = new Set();

  #request = null;

  constructor(query) {
    super();
    this.query = query;
  }

  get filtered() {
    return this.query.keyword !== "" || this.query.status !== "";
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }

  /** Asks for other rows. A new question starts on page 1 unless it names a page. */
  async ask(changes) {
    const next = { current: 1, ...changes };
    const other = ["keyword", "status"].some((key) => key in next && next[key] !== this.query[key]);
    // Whoever deletes "the selected" must have seen them in the list at hand.
    if (other) this.selected.clear();
    this.query = { ...this.query, ...next };
    await this.load();
  }

  /** Loads the rows of the query. The rows at hand stay until the new ones are there. */
  async load() {
    this.#request?.abort();
    const request = new AbortController();
    this.#request = request;
    this.busy = true;
    if (this.phase === "failed") this.phase = "loading";
    this.#changed();
    try {
      await session.confirm();
      let answer = await api.listTodos(this.query, request.signal);
      const last = Math.max(1, Math.ceil(answer.total / this.query.pageSize));
      if (answer.data.length === 0 && this.query.current > last) {
        // The page is gone, for example because its last row was deleted.
        this.query = { ...this.query, current: last };
        answer = await api.listTodos(this.query, request.signal);
      }
      this.rows = answer.data;
      this.total = answer.total;
      this.phase = "ready";
      this.error = null;
    } catch (error) {
      if (api.isAborted(error)) return;
      if (error instanceof session.SessionEnded || error.kind === "unauthorized") {
        this.dispatchEvent(new Event("ended"));
        return;
      }
      this.error = error;
      this.phase = "failed";
    } finally {
      if (this.#request === request) {
        this.#request = null;
        this.busy = false;
        this.#changed();
      }
    }
  }

  /** Stops what is under way; the list is no longer shown. */
  leave() {
    this.#request?.abort();
    this.#request = null;
  }

  async add(todo) {
    const created = await session.withToken(() => api.createTodo(todo));
    await this.ask({ current: 1 });
    return created;
  }

  async change(key, changes) {
    const changed = await session.withToken(() => api.updateTodo(key, changes));
    this.#replace(changed);
    await this.load();
    return changed;
  }

  /** Shows the new status at once and takes it back when the service refuses. */
  async setStatus(row, status) {
    this.#replace({ ...row, status });
    try {
      await session.withToken(() => api.updateTodo(row.key, { status }));
    } catch (error) {
      this.#replace(row);
      throw error;
    }
    await this.load();
  }

  async remove(keys) {
    await session.withToken(() => api.deleteTodos(keys));
    for (const key of keys) this.selected.delete(key);
    await this.load();
  }

  /** Completes all selected todos. Resolves to their number. */
  async completeSelected() {
    const keys = [...this.selected];
    try {
      for (let start = 0; start < keys.length; start += PARALLEL) {
        const some = keys.slice(start, start + PARALLEL);
        await Promise.all(some.map((key) => session.withToken(() => api.updateTodo(key, { status: COMPLETED }))));
      }
    } finally {
      await this.load();
    }
    this.setSelecting(false);
    return keys.length;
  }

  setSelecting(on) {
    this.selecting = on;
    this.selected.clear();
    this.#changed();
  }

  select(key, on) {
    if (on) this.selected.add(key);
    else this.selected.delete(key);
    this.#changed();
  }

  selectPage(on) {
    for (const row of this.rows) {
      if (on) this.selected.add(row.key);
      else this.selected.delete(row.key);
    }
    this.#changed();
  }

  #replace(row) {
    this.rows = this.rows.map((other) => (other.key === row.key ? row : other));
    this.#changed();
  }
}
