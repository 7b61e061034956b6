// What to tell a person about a failed request.

import { ApiError } from "./api.js";
import { plural, t } from "./i18n.js";

export function explain(error) {
  if (!(error instanceof ApiError)) throw error;
  switch (error.kind) {
    case "network":
      return t("error.network");
    case "timeout":
      return t("error.timeout");
    case "throttled":
      return error.retryAfter ? plural("error.throttledFor", error.retryAfter) : t("error.throttled");
    case "missing":
      return t("error.gone");
    case "server":
      return t("error.server");
    default:
      return t("error.refused", { message: error.reason || String(error.status) });
  }
}
