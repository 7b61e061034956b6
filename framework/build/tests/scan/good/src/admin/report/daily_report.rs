//! Found below the inline module's folder.

/// The attribute comes with its own trigger, a list of routes.
#[fx::func("report.csv", http = ["GET /report.csv", "/report/:day"])]
pub async fn csv() {}
