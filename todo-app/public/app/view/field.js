// A labelled field with its own message, tied together for screen readers.

import { el, freshId, setText } from "../dom.js";

export class Field {
  /** `input` is the control; `hint` is shown below it until a message takes its place. */
  constructor({ label, note, hint = "", input, extra }) {
    const id = freshId("field");
    this.hint = hint;
    this.input = input;
    input.id = id;
    input.setAttribute("aria-describedby", `${id}-note`);
    this.message = el("p", { class: "field-note", id: `${id}-note`, text: hint });
    this.root = el(
      "div",
      { class: "field" },
      el("label", { class: "field-label", htmlFor: id }, label, note && el("span", { class: "field-optional", text: note })),
      extra ? el("div", { class: "field-with" }, input, extra) : input,
      this.message,
    );
    input.addEventListener("input", () => this.clear());
  }

  get value() {
    return this.input.value;
  }

  /** Shows what is wrong; an empty text means nothing is. Returns whether the field is fine. */
  complain(text) {
    this.root.classList.toggle("field-wrong", text !== "");
    if (text) this.input.setAttribute("aria-invalid", "true");
    else this.input.removeAttribute("aria-invalid");
    setText(this.message, text || this.hint);
    return text === "";
  }

  clear() {
    if (this.input.hasAttribute("aria-invalid")) this.complain("");
  }
}
