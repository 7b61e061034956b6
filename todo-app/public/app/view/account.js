// Login and registration: one form, two sets of words.

import { checkNewPassword, checkUserName, PASSWORD_MIN } from "../check.js";
import { el } from "../dom.js";
import { icon } from "../icons.js";
import { LANGUAGES, t } from "../i18n.js";
import * as api from "../api.js";
import { explain } from "../problem.js";
import { go, nextAddress } from "../router.js";
import * as session from "../session.js";
import { language } from "../settings.js";
import { Field } from "./field.js";

export class View {
  constructor({ place, shell }) {
    this.registering = place.view === "register";
    this.next = nextAddress(place.params);
    const words = this.registering ? "register" : "login";
    this.title = t(`${words}.submit`);

    this.name = new Field({
      label: t("account.name"),
      input: el("input", { class: "input", name: "userName", autocomplete: "username", autocapitalize: "none", required: true }),
    });
    this.password = new Field({
      label: t("account.password"),
      hint: this.registering ? t("account.hint", { min: PASSWORD_MIN }) : "",
      input: el("input", {
        class: "input",
        type: "password",
        name: "password",
        autocomplete: this.registering ? "new-password" : "current-password",
        required: true,
      }),
      extra: this.#eye(),
    });
    this.alert = el("p", { class: "notice", role: "alert", hidden: true });
    this.submit = el("button", { class: "button button-primary button-wide", type: "submit", text: t(`${words}.submit`) });
    const ended = place.params.has("ended");
    const other = `/user/${this.registering ? "login" : "register"}${place.params.has("next") ? `?next=${encodeURIComponent(this.next)}` : ""}`;

    this.root = el(
      "div",
      { class: "account" },
      el("h1", { class: "title", tabIndex: -1, text: t(`${words}.title`) }),
      el("p", { class: "lead", text: t(`${words}.lead`) }),
      ended && el("p", { class: "notice notice-info", role: "status", text: t("login.expired") }),
      el(
        "form",
        { class: "card account-form", noValidate: true, on: { submit: (event) => this.#send(event) } },
        this.alert,
        this.name.root,
        this.password.root,
        this.submit,
      ),
      el("p", { class: "account-other" }, `${t(`${words}.switch`)} `, el("a", { href: other, text: t(`${words}.switchLink`) })),
      session.isGuest() && el("p", { class: "account-other" }, el("a", { href: "/list", text: t("login.guest") })),
      this.#languages(shell),
    );
  }

  /** Here too, not only in the menu: whoever cannot read the page will not find the menu. */
  #languages(shell) {
    return el(
      "div",
      { class: "account-languages", role: "group", "aria-label": t("menu.language") },
      ...LANGUAGES.map(({ tag, label }) =>
        el("button", {
          class: "button button-quiet",
          type: "button",
          lang: tag,
          text: label,
          "aria-pressed": String(tag === language()),
          on: { click: () => shell.changeLanguage(tag) },
        }),
      ),
    );
  }

  focus() {
    this.name.input.focus();
  }

  #eye() {
    const button = el("button", { class: "field-button", type: "button", "aria-pressed": "false", "aria-label": t("account.show") }, icon("eye"));
    button.addEventListener("click", () => {
      const hidden = this.password.input.type === "password";
      this.password.input.type = hidden ? "text" : "password";
      button.setAttribute("aria-label", t(hidden ? "account.hide" : "account.show"));
      button.setAttribute("aria-pressed", String(hidden));
    });
    return button;
  }

  #complain(text) {
    this.alert.hidden = text === "";
    this.alert.textContent = text;
  }

  #check() {
    const nameFine = this.name.complain(checkUserName(this.name.value));
    const missing = this.password.value === "" ? t("check.passwordMissing") : "";
    const passwordFine = this.password.complain(this.registering ? checkNewPassword(this.password.value) : missing);
    if (!nameFine) this.name.input.focus();
    else if (!passwordFine) this.password.input.focus();
    return nameFine && passwordFine;
  }

  async #send(event) {
    event.preventDefault();
    if (this.submit.getAttribute("aria-disabled") === "true") return;
    this.#complain("");
    if (!this.#check()) return;

    this.#busy(true);
    try {
      if (this.registering && !(await this.#register())) return;
      if (await session.logIn(this.name.value, this.password.value)) go(this.next, { replace: true });
      else this.#refuse(t("login.wrong"));
    } catch (error) {
      this.#complain(explain(error));
    } finally {
      this.#busy(false);
    }
  }

  async #register() {
    const result = await api.register(this.name.value, this.password.value);
    if (result === "ok") return true;
    if (result === "taken") {
      this.name.complain(t("register.taken"));
      this.name.input.focus();
    } else {
      this.#complain(t("error.refused", { message: result }));
    }
    return false;
  }

  #refuse(text) {
    this.#complain(text);
    this.password.input.select();
    this.password.input.focus();
  }

  // Not `disabled`: that would throw the focus away.
  #busy(on) {
    this.submit.setAttribute("aria-disabled", String(on));
    this.submit.classList.toggle("button-busy", on);
  }
}
