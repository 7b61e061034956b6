// The todo service over HTTP. Every failure comes out as one ApiError, whose `kind` says what to do about it.

const TIMEOUT = 20_000;

export class ApiError extends Error {
  /** `kind`: network | timeout | unauthorized | throttled | busy | missing | invalid | server. */
  constructor(kind, { status = 0, message = "", retryAfter = null, body = null } = {}) {
    super(message || kind);
    this.kind = kind;
    this.status = status;
    this.reason = message;
    this.retryAfter = retryAfter;
    this.body = body;
  }
}

function kindOf(status) {
  if (status === 401 || status === 403) return "unauthorized";
  if (status === 404) return "missing";
  if (status === 429) return "throttled";
  if (status === 503) return "busy";
  return status >= 500 ? "server" : "invalid";
}

async function call(method, path, { query, body, signal } = {}) {
  const url = new URL(path, location.origin);
  for (const [key, value] of Object.entries(query ?? {})) if (value !== "") url.searchParams.set(key, value);

  const timeout = AbortSignal.timeout(TIMEOUT);
  let response, text;
  try {
    response = await fetch(url, {
      method,
      credentials: "same-origin",
      cache: "no-store",
      headers: body === undefined ? { accept: "application/json" } : { accept: "application/json", "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
    text = await response.text();
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new ApiError(timeout.aborted ? "timeout" : "network");
  }

  let answer = null;
  try {
    answer = JSON.parse(text);
  } catch {
    // Not JSON: something between us and the service answered, or nothing was said at all.
    if (response.ok) throw new ApiError("server", { status: response.status });
  }
  if (response.ok) return answer;

  const seconds = Number.parseInt(response.headers.get("retry-after") ?? "", 10);
  throw new ApiError(kindOf(response.status), {
    status: response.status,
    message: typeof answer?.message === "string" ? answer.message : "",
    retryAfter: Number.isFinite(seconds) ? seconds : null,
    body: answer,
  });
}

/** True for the rejection of a request that was given up because a newer one replaced it. */
export function isAborted(error) {
  return error?.name === "AbortError";
}

export const currentUser = () => call("GET", "/api/currentUser");
export const logOut = () => call("POST", "/api/logout", { body: {} });

export async function logIn(userName, password) {
  const answer = await call("POST", "/api/login/account", { body: { userName, password, type: "account" } });
  return answer.status === "ok";
}

/** Resolves to "ok", "taken", or the service's own words about what is wrong. */
export async function register(userName, password) {
  let answer;
  try {
    answer = await call("POST", "/user/register", { body: { userName, password } });
  } catch (error) {
    // The service may say the same with a status of its own.
    if (!(error instanceof ApiError) || error.kind !== "invalid" || !error.body) throw error;
    answer = error.body;
  }
  if (answer.status === "ok") return "ok";
  return answer.error === "userName exist" ? "taken" : (answer.message ?? answer.error ?? "");
}

export const listTodos = (query, signal) => call("GET", "/api/rule", { query, signal });
export const createTodo = (todo) => call("POST", "/api/rule", { body: { ...todo, method: "post" } });
export const updateTodo = (key, changes) => call("PUT", "/api/rule", { body: { key, ...changes, method: "update" } });
export const listActivity = (query, signal) => call("GET", "/api/activity", { query, signal });

/** Deletes by the POST form: some gateways drop the body of a DELETE. */
export const deleteTodos = (keys) => call("POST", "/api/rule", { body: { key: keys, method: "delete" } });
