//! An extension that does nothing. Lambda sends SIGTERM only to environments that have one.

use fx_runtime::pull::{Api, Connection};

/// Registers it, and then keeps asking for its next event: Lambda waits for that before it calls the start complete.
///
/// Where nobody knows extensions there is no SIGTERM either, and nothing to do.
pub(crate) async fn register(api: &Api) {
    let mut connection = Connection::to(api, true);
    let registered = connection
        .post(
            |post| {
                post.path(&["/2020-01-01/extension/register"]);
                post.header("Lambda-Extension-Name", "fx");
                post.header("Content-Type", "application/json");
            },
            // Internal extensions may not ask for the shutdown event, and need no other.
            b"{\"events\":[]}",
            |fields| fields.get("Lambda-Extension-Identifier").map(str::to_owned),
        )
        .await;
    match registered {
        Ok(reply) if reply.status == 200 => {
            if let Some(id) = reply.head {
                tokio::spawn(wait(connection, id));
            }
        }
        Ok(reply) => tracing::debug!(target: "fx", status = reply.status, "no extensions here"),
        Err(error) => tracing::debug!(target: "fx", "no extensions here: {error}"),
    }
}

async fn wait(mut connection: Connection, id: String) {
    let header = format!("Lambda-Extension-Identifier: {id}\r\n");
    while let Ok(reply) = connection.get("/2020-01-01/extension/event/next", &header, |_| ()).await {
        if reply.status != 200 {
            break;
        }
    }
}
