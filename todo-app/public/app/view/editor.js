// The dialog in which a todo is written or changed.

import { checkDesc, checkName } from "../check.js";
import { el } from "../dom.js";
import { icon, STATUS_ICON } from "../icons.js";
import { t } from "../i18n.js";
import { explain } from "../problem.js";
import { SessionEnded } from "../session.js";
import { openDialog } from "./dialog.js";
import { Field } from "./field.js";

/** In the order of a todo's life, not of the wire's numbers. */
export const STATUSES = [1, 3, 2, 0];

function statusChoice(chosen) {
  return el(
    "fieldset",
    { class: "field choice" },
    el("legend", { class: "field-label", text: t("editor.status") }),
    el(
      "div",
      { class: "choice-options" },
      ...STATUSES.map((status) =>
        el(
          "label",
          { class: `choice-option status-${status}` },
          el("input", { type: "radio", name: "status", value: String(status), checked: status === chosen }),
          el("span", {}, icon(STATUS_ICON[status], 16), t(`status.${status}`)),
        ),
      ),
    ),
  );
}

/**
 * Opens the editor. Without `todo` it writes a new one, beginning with `name`. `save(values)` sends it; when that fails, the
 * dialog stays open and says why.
 */
export function openEditor({ todo, name = "", save, onClose, onSessionEnded }) {
  const before = { name: todo?.name ?? name, desc: todo?.desc ?? "" };
  const nameField = new Field({
    label: t("editor.name"),
    input: el("input", { class: "input", name: "name", value: before.name, autocomplete: "off", required: true }),
  });
  const descField = new Field({
    label: t("editor.desc"),
    note: t("editor.optional"),
    input: el("textarea", { class: "input", name: "desc", rows: 5, value: before.desc }),
  });
  const alert = el("p", { class: "notice", role: "alert", hidden: true });
  const submit = el("button", { class: "button button-primary", type: "submit", text: t(todo ? "editor.save" : "editor.add") });
  const status = todo && statusChoice(todo.status);
  let busy = false;

  const send = async (event, close) => {
    event.preventDefault();
    const nameFine = nameField.complain(checkName(nameField.value));
    const descFine = descField.complain(checkDesc(descField.value));
    if (!nameFine) nameField.input.focus();
    else if (!descFine) descField.input.focus();
    if (!nameFine || !descFine || busy) return;

    busy = true;
    submit.classList.add("button-busy");
    alert.hidden = true;
    const values = { name: nameField.value.trim(), desc: descField.value };
    if (todo) values.status = Number(status.querySelector("input:checked").value);
    try {
      close(await save(values));
    } catch (error) {
      if (error instanceof SessionEnded) {
        close();
        onSessionEnded();
        return;
      }
      alert.textContent = explain(error);
      alert.hidden = false;
    } finally {
      busy = false;
      submit.classList.remove("button-busy");
    }
  };

  const { dialog } = openDialog({
    title: t(todo ? "editor.edit" : "editor.new"),
    build: (close) => [
      el(
        "form",
        {
          class: "dialog-form",
          noValidate: true,
          on: {
            submit: (event) => send(event, close),
            keydown: (event) => {
              if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) send(event, close);
            },
          },
        },
        alert,
        nameField.root,
        descField.root,
        status,
        el(
          "div",
          { class: "dialog-foot" },
          el("button", { class: "button", type: "button", text: t("editor.cancel"), on: { click: () => close() } }),
          submit,
        ),
      ),
    ],
    mayLeave: () => nameField.value === before.name && descField.value === before.desc,
    onClose,
  });
  nameField.input.focus();
  return dialog;
}
