// What to tell a person about a failed request.

import { ApiError } from "./api.js";
import { plural, t } from "./i18n.js";

function throttled(seconds) {
  if (!seconds) return t("error.throttled");
  return seconds < 120 ? plural("error.throttledFor", seconds) : plural("error.throttledMinutes", Math.ceil(seconds / 60));
}

export function explain(error) {
  if (!(error instanceof ApiError)) throw error;
  switch (error.kind) {
    case "network":
      return t("error.network");
    case "timeout":
      return t("error.timeout");
    case "throttled":
      return throttled(error.retryAfter);
    case "busy":
      return t("error.busy");
    case "missing":
      return t("error.gone");
    case "server":
      return t("error.server");
    default:
      return t("error.refused", { message: error.reason || String(error.status) });
  }
}
