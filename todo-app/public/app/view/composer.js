// The line in which a new todo is written.

import { checkName } from "../check.js";
import { el, freshId, setText } from "../dom.js";
import { icon } from "../icons.js";
import { t } from "../i18n.js";

export class Composer {
  /** `onAdd(name)` resolves to "" when the todo was added, else to what is wrong. `onDetails(name)` opens the editor. */
  constructor({ onAdd, onDetails }) {
    this.onAdd = onAdd;
    const note = freshId("composer-note");
    this.input = el("input", {
      class: "composer-input",
      name: "name",
      autocomplete: "off",
      enterKeyHint: "done",
      placeholder: t("add.placeholder"),
      "aria-label": t("add.label"),
      "aria-describedby": note,
    });
    this.note = el("p", { class: "composer-note", id: note, role: "alert" });
    this.submit = el("button", { class: "button button-primary composer-add", type: "submit" }, icon("plus", 18), el("span", { text: t("add.submit") }));
    this.root = el(
      "form",
      { class: "composer", noValidate: true, on: { submit: (event) => this.#send(event) } },
      el(
        "div",
        { class: "composer-line" },
        this.input,
        el(
          "button",
          { class: "icon-button", type: "button", "aria-label": t("add.details"), title: t("add.details"), on: { click: () => onDetails(this.input.value) } },
          icon("details"),
        ),
        this.submit,
      ),
      this.note,
    );
    this.input.addEventListener("input", () => this.#complain(""));
  }

  focus() {
    this.input.focus();
  }

  clear() {
    this.input.value = "";
    this.#complain("");
  }

  #complain(text) {
    if (text) this.input.setAttribute("aria-invalid", "true");
    else this.input.removeAttribute("aria-invalid");
    setText(this.note, text);
  }

  async #send(event) {
    event.preventDefault();
    if (this.busy) return;
    const name = this.input.value;
    const wrong = checkName(name);
    this.#complain(wrong);
    this.input.focus();
    if (wrong) return;

    this.busy = true;
    this.submit.classList.add("button-busy");
    const problem = await this.onAdd(name.trim());
    this.busy = false;
    this.submit.classList.remove("button-busy");
    // Whoever typed on meanwhile keeps what they typed.
    if (problem === "" && this.input.value === name) this.clear();
    else this.#complain(problem);
  }
}
