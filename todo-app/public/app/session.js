// Who is looking at the page, and what happens when that changes under our feet.

import * as api from "./api.js";

/** A write was refused because the login has ended; the person has to log in again. */
export class SessionEnded extends Error {}

const FRESH = 60_000;

let user = null;
let checkedAt = 0;

/** The current user: `null` before the first check and when nobody is logged in and guests are not admitted. */
export function current() {
  return user;
}

export function isGuest() {
  return user?.access === "guest";
}

/** Guests are one and the same: a renewed guest token need not carry the old id. */
function same(one, other) {
  return one?.id === other?.id || (one?.access === "guest" && other?.access === "guest");
}

/** Asks the service who we are. Resolves to the user or null. */
export async function refresh() {
  try {
    const answer = await api.currentUser();
    user = answer.userid ? { id: answer.userid, name: answer.name, access: answer.access ?? "user" } : null;
  } catch (error) {
    if (!(error instanceof api.ApiError) || error.kind !== "unauthorized") throw error;
    user = null;
  }
  checkedAt = Date.now();
  return user;
}

/** Asks again when the last answer is old. A login that has ended meanwhile throws SessionEnded. */
export async function confirm() {
  if (Date.now() - checkedAt < FRESH) return;
  const before = user;
  await refresh();
  if (!same(user, before)) throw new SessionEnded();
}

/** Runs a request that needs a token; a guest's lapsed token is renewed once, a lapsed login ends the session. */
export async function withToken(request) {
  try {
    return await request();
  } catch (error) {
    if (!(error instanceof api.ApiError) || error.kind !== "unauthorized") throw error;
    const before = user;
    await refresh();
    if (!user || !same(user, before)) throw new SessionEnded();
    return request();
  }
}

export async function logIn(name, password) {
  if (!(await api.logIn(name, password))) return false;
  await refresh();
  return true;
}

export async function logOut() {
  await api.logOut();
  await refresh();
}
