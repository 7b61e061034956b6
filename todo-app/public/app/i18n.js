// Texts, numbers and dates in the language of the page.

import en from "./text/en.js";
import zh from "./text/zh.js";
import { language } from "./settings.js";

export const LANGUAGES = [
  { tag: "en", label: "English" },
  { tag: "zh-CN", label: "中文" },
];

const TEXTS = { en, "zh-CN": zh };

/** The text for `key`, its `{places}` filled from `values`. */
export function t(key, values = {}) {
  const text = TEXTS[language()][key] ?? key;
  return text.replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);
}

/** Like `t`, in the plural form that the language has for `count`. */
export function plural(key, count, values = {}) {
  const rule = new Intl.PluralRules(language()).select(count);
  const exact = `${key}.${rule}`;
  const form = exact in TEXTS[language()] ? exact : `${key}.other`;
  return t(form, { ...values, count: number(count) });
}

/** The text around the place `{name}`, so that the caller can put a node there. */
export function around(key, name) {
  const [before, after = ""] = (TEXTS[language()][key] ?? key).split(`{${name}}`);
  return [before, after];
}

export function number(value) {
  return new Intl.NumberFormat(language()).format(value);
}

export function today() {
  return new Intl.DateTimeFormat(language(), { weekday: "long", day: "numeric", month: "long" }).format(new Date());
}

export function fullTime(date) {
  return new Intl.DateTimeFormat(language(), { dateStyle: "full", timeStyle: "short" }).format(date);
}

export function clock(date) {
  return new Intl.DateTimeFormat(language(), { timeStyle: "short" }).format(date);
}

const DAY = 86_400_000;

function startOfDay(date) {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

/** A heading for the day of `date`: today and yesterday by word, others by date. */
export function dayName(date) {
  // Rounded, because a day is 23 or 25 hours long when the clocks change.
  const days = Math.round((startOfDay(new Date()) - startOfDay(date)) / DAY);
  if (days === 0) return t("activity.today");
  if (days === 1) return t("activity.yesterday");
  return new Intl.DateTimeFormat(language(), { dateStyle: "full" }).format(date);
}

/** How long ago, in words for the last week, as a date before that. */
export function ago(date) {
  const now = new Date();
  const elapsed = Math.max(0, now - date);
  const relative = new Intl.RelativeTimeFormat(language(), { numeric: "auto" });
  if (elapsed < 60_000) return relative.format(0, "second");
  if (elapsed < 3_600_000) return relative.format(-Math.floor(elapsed / 60_000), "minute");
  if (elapsed < DAY) return relative.format(-Math.floor(elapsed / 3_600_000), "hour");
  if (elapsed < 7 * DAY) return relative.format(-Math.floor(elapsed / DAY), "day");
  const year = date.getFullYear() === now.getFullYear() ? undefined : "numeric";
  return new Intl.DateTimeFormat(language(), { day: "numeric", month: "short", year }).format(date);
}
