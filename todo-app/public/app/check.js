// The service's own limits, said early and in the reader's language. The service still decides.

import { number, t } from "./i18n.js";

const NAME_MAX = 200;
const DESC_MAX = 2000;
export const PASSWORD_MIN = 8;

// Counted as the service counts: characters, not UTF-16 units.
const length = (text) => [...text].length;

export function checkName(name) {
  if (name.trim() === "") return t("check.nameMissing");
  const count = length(name.trim());
  return count > NAME_MAX ? t("check.nameLong", { max: number(NAME_MAX), count: number(count) }) : "";
}

export function checkDesc(desc) {
  const count = length(desc);
  return count > DESC_MAX ? t("check.descLong", { max: number(DESC_MAX), count: number(count) }) : "";
}

export function checkNewPassword(password) {
  if (password === "") return t("check.passwordMissing");
  return length(password) < PASSWORD_MIN ? t("check.passwordShort", { min: PASSWORD_MIN }) : "";
}
