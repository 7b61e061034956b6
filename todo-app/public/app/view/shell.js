// The frame around every view: brand, navigation, account and settings.

import { el } from "../dom.js";
import { icon } from "../icons.js";
import { LANGUAGES, t } from "../i18n.js";
import * as session from "../session.js";
import { language, setLanguage, setTheme, theme, THEMES } from "../settings.js";
import { Toasts } from "../toast.js";

function switcher(legend, name, options, chosen, onChoose) {
  return el(
    "fieldset",
    { class: "switch" },
    el("legend", { text: legend }),
    el(
      "div",
      { class: "switch-options" },
      ...options.map(({ value, label, lang }) =>
        el(
          "label",
          { class: "switch-option", lang },
          el("input", { type: "radio", name, value, checked: value === chosen, on: { change: () => onChoose(value) } }),
          el("span", { text: label }),
        ),
      ),
    ),
  );
}

export class Shell {
  constructor(root, { onLanguage, onLogOut }) {
    this.onLanguage = onLanguage;
    this.onLogOut = onLogOut;
    this.toasts = new Toasts();
    this.header = el("header", { class: "header" });
    this.main = el("main", { class: "main", id: "main", tabIndex: -1 });
    this.skip = el("a", { class: "skip", href: "#main" });
    this.skip.addEventListener("click", (event) => {
      event.preventDefault();
      this.main.focus();
    });
    root.append(this.skip, this.header, this.main, this.toasts.root);
  }

  /** Draws the frame for `view` and the current user. */
  render(view) {
    const user = session.current();
    const account = view === "login" || view === "register";
    this.skip.textContent = t("app.skip");
    this.toasts.root.setAttribute("aria-label", t("toast.label"));
    this.header.replaceChildren(
      el(
        "div",
        { class: "header-inner" },
        el("a", { class: "brand", href: user ? "/list" : "/user/login" }, el("img", { src: new URL("../../icons/favicon.svg", import.meta.url).href, alt: "", width: 28, height: 28 }), el("span", { text: t("app.name") })),
        user && !account && this.#navigation(view),
        el("div", { class: "header-end" }, ...this.#account(user, account)),
      ),
    );
  }

  show(node) {
    this.main.replaceChildren(node);
    scrollTo(0, 0);
  }

  #navigation(view) {
    const link = (href, name) =>
      el("a", { class: "nav-link", href, text: t(`nav.${name === "list" ? "todos" : name}`), "aria-current": view === name ? "page" : null });
    return el("nav", { class: "nav", "aria-label": t("nav.label") }, link("/list", "list"), link("/list?view=activity", "activity"));
  }

  #account(user, account) {
    const guest = session.isGuest();
    const name = !user ? t("menu.signedOut") : guest ? t("menu.guest") : user.name;
    const menu = el(
      "div",
      { class: "menu", id: "menu", popover: "auto" },
      el("p", { class: "menu-name", text: name }),
      switcher(
        t("menu.theme"),
        "theme",
        THEMES.map((value) => ({ value, label: t(`theme.${value}`) })),
        theme(),
        setTheme,
      ),
      switcher(
        t("menu.language"),
        "language",
        LANGUAGES.map(({ tag, label }) => ({ value: tag, label, lang: tag })),
        language(),
        (tag) => this.#languageFromMenu(tag),
      ),
      user && !guest && el("button", { class: "button menu-out", type: "button", text: t("menu.logout"), on: { click: () => this.onLogOut() } }),
    );
    const opener = el(
      "button",
      { class: "avatar", type: "button", popovertarget: "menu", "aria-label": `${t("menu.open")}: ${name}` },
      account ? icon("sliders") : !user || guest ? icon("user") : el("span", { text: [...user.name][0]?.toUpperCase() ?? "?" }),
    );
    const login = guest && !account && el("a", { class: "button button-small", href: "/user/login", text: t("menu.login") });
    return [login, opener, menu].filter(Boolean);
  }

  changeLanguage(tag) {
    setLanguage(tag);
    return this.onLanguage();
  }

  async #languageFromMenu(tag) {
    await this.changeLanguage(tag);
    // The frame was drawn anew; the person is still in the menu.
    this.header.querySelector("#menu").showPopover();
    this.header.querySelector("input[name=language]:checked").focus();
  }
}
