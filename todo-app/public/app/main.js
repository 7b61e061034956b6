// Starts the page: who are we, what does the address say, show it.

import { t } from "./i18n.js";
import { explain } from "./problem.js";
import * as router from "./router.js";
import * as session from "./session.js";
import { Shell } from "./view/shell.js";
import { failure } from "./view/states.js";

const VIEWS = {
  list: () => import("./view/list.js"),
  activity: () => import("./view/activity.js"),
  login: () => import("./view/account.js"),
  register: () => import("./view/account.js"),
};

const shell = new Shell(document.getElementById("app"), { onLanguage: () => show({ focus: false }), onLogOut: logOut });
let shown = null;
let turn = 0;

function loginAddress() {
  const next = location.pathname + location.search;
  return next === "/" || next === "/list" ? "/user/login" : `/user/login?next=${encodeURIComponent(next)}`;
}

/** Leads to the login form, saying why, and back here afterwards. */
function sessionEnded() {
  router.go(`${loginAddress()}${loginAddress().includes("?") ? "&" : "?"}ended=1`, { replace: true });
}

/** Shows what the address says. Of two calls that overlap, the later one wins. */
async function show({ focus = true } = {}) {
  turn += 1;
  const mine = turn;
  const place = router.here();
  const account = place.view === "login" || place.view === "register";

  if (!account && !session.current()) {
    router.go(loginAddress(), { replace: true });
    return;
  }
  if (account && session.current() && !session.isGuest()) {
    router.go(router.nextAddress(place.params), { replace: true });
    return;
  }
  const { View } = await VIEWS[place.view]();
  if (mine !== turn) return;

  if (shown?.place.view === place.view && shown.view.follow && shown.language === document.documentElement.lang) {
    shown.place = place;
    shown.view.follow(place.params);
    return;
  }
  shown?.view.leave?.();
  shell.render(place.view);
  const view = new View({ place, shell, sessionEnded });
  shown = { place, view, language: document.documentElement.lang };
  shell.show(view.root);
  document.title = view.title === t("app.name") ? view.title : `${view.title} · ${t("app.name")}`;
  if (focus) view.focus();
}

async function logOut() {
  try {
    await session.logOut();
  } catch (error) {
    shell.toasts.problem(explain(error));
    return;
  }
  shown?.view.leave?.();
  shown = null;
  router.go("/user/login");
  shell.toasts.say(t("toast.loggedOut"));
}

async function start() {
  shell.render(router.here().view);
  try {
    await session.refresh();
  } catch (error) {
    shell.show(failure({ title: t("error.start"), text: explain(error), onRetry: start }));
    return;
  }
  await show({ focus: false });
}

router.start(show);
start();
