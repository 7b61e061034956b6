// The service's own limits, said early and in the reader's language. The service still decides.

import { number, t } from "./i18n.js";

const NAME_MAX = 200;
const DESC_MAX = 2000;
const USER_MAX = 64;
const PASSWORD_MAX = 200;
export const PASSWORD_MIN = 6;

// Counted as the service counts: characters, not UTF-16 units.
const length = (text) => [...text].length;

function checkLength(text, max) {
  const count = length(text);
  return count > max ? t("check.long", { max: number(max), count: number(count) }) : "";
}

export function checkName(name) {
  return name.trim() === "" ? t("check.nameMissing") : checkLength(name.trim(), NAME_MAX);
}

export function checkDesc(desc) {
  return checkLength(desc, DESC_MAX);
}

export function checkUserName(name) {
  return name.trim() === "" ? t("check.userMissing") : checkLength(name.trim(), USER_MAX);
}

export function checkNewPassword(password) {
  if (password === "") return t("check.passwordMissing");
  if (length(password) < PASSWORD_MIN) return t("check.passwordShort", { min: PASSWORD_MIN });
  return checkLength(password, PASSWORD_MAX);
}
