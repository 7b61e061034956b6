// Native modal dialogs: the browser keeps the focus inside, closes on Esc and gives the focus back.

import { el, freshId } from "../dom.js";
import { icon } from "../icons.js";
import { t } from "../i18n.js";

/**
 * Opens a dialog that is removed when it closes. `build(close)` makes the content; `onClose(result)` hears what `close`
 * was given, or undefined when the dialog was left.
 */
export function openDialog({ title, className = "", build, onClose, mayLeave = () => true }) {
  const id = freshId("dialog");
  let result;
  const close = (value) => {
    result = value;
    dialog.close();
  };
  const dialog = el(
    "dialog",
    { class: `dialog ${className}`, "aria-labelledby": id },
    el(
      "div",
      { class: "dialog-head" },
      el("h2", { class: "dialog-title", id, text: title }),
      el("button", { class: "icon-button", type: "button", "aria-label": t("editor.close"), on: { click: () => close() } }, icon("cross")),
    ),
    ...build(close),
  );
  dialog.addEventListener("close", () => {
    dialog.remove();
    onClose?.(result);
  });
  // A press on the backdrop leaves, unless something typed would be lost. Pressing inside and letting go outside
  // (selecting text) is not a press on the backdrop.
  let pressed = null;
  dialog.addEventListener("pointerdown", (event) => (pressed = event.target));
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog && pressed === dialog && mayLeave()) close();
  });
  document.body.append(dialog);
  dialog.showModal();
  return { dialog, close };
}

/** Asks before something that cannot be undone. Resolves to the answer. */
export function confirmDeletion(title) {
  return new Promise((resolve) => {
    const { dialog } = openDialog({
      title,
      className: "dialog-small",
      build: (close) => [
        el("p", { class: "dialog-text", text: t("delete.text") }),
        el(
          "div",
          { class: "dialog-foot" },
          el("button", { class: "button", type: "button", text: t("delete.cancel"), on: { click: () => close(false) } }),
          el("button", { class: "button button-danger", type: "button", text: t("delete.confirm"), on: { click: () => close(true) } }),
        ),
      ],
      onClose: (answer) => resolve(answer === true),
    });
    dialog.querySelector(".button-danger").focus();
  });
}
