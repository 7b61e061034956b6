use fx::prelude::*;

#[func("user.get")]
pub async fn get(Path(id): Path<u32>) -> Result<()> {
    let _ = id;
    Ok(())
}

#[func("user.nothing")]
pub async fn nothing() {}

fn main() {
    use fx::__private::generated as __fx;
    let _ = __fx::Unit::new("shop", "shop")
        .event("get", "user.get", __fx::TriggerKind::Timer, __fx_event_get)
        .event("nothing", "user.nothing", __fx::TriggerKind::Timer, __fx_event_nothing);
}
