//! People: who am I, log in, log out, register, and what an admin may see.

use std::sync::Arc;

use fx::{
    axum::http::{HeaderValue, header},
    prelude::*,
    tracing,
};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;

use super::{
    body::Fields,
    caller::Caller,
    session::{self, Visitor},
};
use crate::{
    account::{Account, AccountId, Accounts, Identity, LoginRefused, RegisterRefused, Tokens},
    settings::Settings,
};

/// `GET /api/currentUser`: who the cookie speaks of. Somebody without a valid one becomes a guest for an hour, where
/// guests are admitted.
#[func("api.currentUser")]
pub async fn current_user(
    visitor: Visitor,
    caller: Caller,
    State(accounts): State<Accounts>,
    State(tokens): State<Tokens>,
    State(settings): State<Arc<Settings>>,
) -> Result<Response> {
    if let Some(Identity::User { id, .. }) = &visitor.0
        // The token may be older than the store: after the database was replaced, its account is gone.
        && let Some(account) = accounts.find(id).await?
    {
        return Ok(Json(Profile::of_user(&account, &accounts)).into_response());
    }
    if !settings.guests {
        return Err(Error::unauthorized("please log in"));
    }
    let token = tokens.for_guest(Timestamp::now())?;
    let cookie = session::keep(&token, Tokens::GUEST_LIFE, caller.https)?;
    Ok(([(header::SET_COOKIE, cookie)], Json(Profile::of_guest())).into_response())
}

/// `POST /api/login/account`. A wrong password is answered with 200 and status "error": the seed's page depends on it.
#[func("user.login")]
pub async fn log_in(
    caller: Caller,
    State(accounts): State<Accounts>,
    State(tokens): State<Tokens>,
    fields: Fields,
) -> Result<Response> {
    let Some((name, password)) = credentials(&fields) else { return Ok(invalid_params("invalid params")) };
    let kind = fields.text("type")?.unwrap_or("account");
    match accounts.log_in(name, password, caller.address).await {
        Ok(account) => {
            let token = tokens.for_user(&account, Timestamp::now())?;
            let cookie = session::keep(&token, Tokens::USER_LIFE, caller.https)?;
            let authority = if accounts.is_admin(&account.name) { "admin" } else { "user" };
            let body = json!({ "status": "ok", "type": kind, "currentAuthority": authority });
            Ok(([(header::SET_COOKIE, cookie)], Json(body)).into_response())
        }
        Err(LoginRefused::Wrong) => {
            Ok(Json(json!({ "status": "error", "type": kind, "currentAuthority": "guest" })).into_response())
        }
        Err(throttled @ LoginRefused::Throttled) => Err(too_many(&throttled.to_string(), caller)),
        Err(busy @ LoginRefused::Busy) => Err(unavailable(busy.to_string())),
        Err(broken) => Err(broken.into()),
    }
}

/// `POST /user/register`. Refusals are answered with 200 and status 500 in the body, as the seed meant it.
#[func("user.register")]
pub async fn register(caller: Caller, State(accounts): State<Accounts>, fields: Fields) -> Result<Response> {
    let Some((name, password)) = credentials(&fields) else { return Ok(invalid_params("invalid params")) };
    match accounts.register(name, password, caller.address).await {
        Ok(account) => {
            let body = json!({ "status": "ok", "type": "", "currentAuthority": account.name.as_str() });
            Ok(Json(body).into_response())
        }
        Err(RegisterRefused::Invalid(reason)) => Ok(invalid_params(&reason.0)),
        Err(taken @ RegisterRefused::Taken) => {
            let reason = taken.to_string();
            Ok(Json(json!({ "status": 500, "error": reason, "message": reason })).into_response())
        }
        Err(throttled @ RegisterRefused::Throttled) => Err(too_many(&throttled.to_string(), caller)),
        Err(busy @ RegisterRefused::Busy) => Err(unavailable(busy.to_string())),
        Err(broken) => Err(broken.into()),
    }
}

/// `POST /api/logout`: takes the cookie away.
#[func("user.logout")]
pub async fn log_out(caller: Caller) -> Result<Response> {
    let cookie = session::forget(caller.https)?;
    Ok(([(header::SET_COOKIE, cookie)], Json(json!({ "success": true }))).into_response())
}

/// `GET /api/users`: all accounts, for admins only.
#[func("user.list")]
pub async fn list_users(visitor: Visitor, State(accounts): State<Accounts>) -> Result<Json<Vec<Entry>>> {
    match &visitor.0 {
        Some(Identity::User { name, .. }) if accounts.is_admin(name) => {}
        Some(Identity::User { .. }) => return Err(Error::forbidden("only admins may list the accounts")),
        Some(Identity::Guest) | None => return Err(Error::unauthorized("please log in")),
    }
    let entries = accounts.all().await?.into_iter();
    Ok(Json(entries.map(|account| Entry { key: account.id, name: account.name.as_str().to_owned() }).collect()))
}

/// `GET /user/:id`: one's own profile, or anybody's for an admin. For everybody else there is no such user.
#[func("user.get")]
pub async fn get_user(
    visitor: Visitor,
    Path(id): Path<String>,
    State(accounts): State<Accounts>,
) -> Result<Json<Profile>> {
    let wanted = AccountId::stored(id);
    let allowed = match &visitor.0 {
        Some(Identity::User { id, name }) => *id == wanted || accounts.is_admin(name),
        Some(Identity::Guest) if wanted.as_str() == Profile::GUEST => return Ok(Json(Profile::of_guest())),
        Some(Identity::Guest) | None => false,
    };
    let account = if allowed { accounts.find(&wanted).await? } else { None };
    let account = account.ok_or_else(|| Error::not_found("there is no such user"))?;
    Ok(Json(Profile::of_user(&account, &accounts)))
}

/// One line of the list of accounts.
#[derive(Debug, Serialize)]
pub struct Entry {
    key: AccountId,
    name: String,
}

/// What the page shows of a person. Much of it is always empty: the seed's page expects the fields with these types.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Profile {
    name: String,
    avatar: &'static str,
    userid: String,
    email: &'static str,
    signature: &'static str,
    title: &'static str,
    group: &'static str,
    tags: [(); 0],
    notify_count: u32,
    unread_count: u32,
    country: &'static str,
    geographic: Geographic,
    address: &'static str,
    phone: &'static str,
    access: &'static str,
}

#[derive(Debug, Default, Serialize)]
struct Geographic {
    province: Place,
    city: Place,
}

#[derive(Debug, Default, Serialize)]
struct Place {
    label: &'static str,
    key: &'static str,
}

impl Profile {
    const GUEST: &'static str = "guest";

    fn of_user(account: &Account, accounts: &Accounts) -> Self {
        let access = if accounts.is_admin(&account.name) { "admin" } else { "user" };
        Self::new(account.name.as_str().to_owned(), account.id.as_str().to_owned(), access)
    }

    fn of_guest() -> Self {
        Self::new(Self::GUEST.to_owned(), Self::GUEST.to_owned(), Self::GUEST)
    }

    fn new(name: String, userid: String, access: &'static str) -> Self {
        Self {
            name,
            avatar: "/icons/user.svg",
            userid,
            email: "",
            signature: "",
            title: "",
            group: "",
            tags: [],
            notify_count: 0,
            unread_count: 0,
            country: "",
            geographic: Geographic::default(),
            address: "",
            phone: "",
            access,
        }
    }
}

/// Name and password, if both are there and not empty.
fn credentials(fields: &Fields) -> Option<(&str, String)> {
    let filled = |name| fields.text(name).ok().flatten().filter(|text| !text.is_empty());
    Some((filled("userName")?, filled("password")?.to_owned()))
}

fn invalid_params(message: &str) -> Response {
    Json(json!({ "status": 500, "error": "invalid params", "message": message })).into_response()
}

/// Whoever looks after the service wants to know who it was.
fn too_many(message: &str, caller: Caller) -> Error {
    let client = caller.address.map_or_else(|| "unknown".to_owned(), |address| address.to_string());
    tracing::warn!(client, "{message}");
    Error::too_many_requests(message.to_owned()).with_header(header::RETRY_AFTER, 900.into())
}

fn unavailable(message: String) -> Error {
    Error::new(StatusCode::SERVICE_UNAVAILABLE, message).with_header(header::RETRY_AFTER, HeaderValue::from_static("2"))
}
