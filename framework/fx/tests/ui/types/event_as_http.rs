use fx::prelude::*;

#[func("purge")]
pub async fn purge(tick: Timer) -> Result<()> {
    let _ = tick;
    Ok(())
}

fn main() {
    use fx::__private::generated as __fx;
    let _ = __fx::Unit::new("shop", "shop").http("purge", "purge", &[(0, &["GET"], "/purge")], __fx_http_purge);
}
