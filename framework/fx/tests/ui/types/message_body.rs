use fx::prelude::*;

pub struct Order;

#[func("order.placed")]
pub async fn placed(message: Message<Order>) -> Result<()> {
    let _ = message;
    Ok(())
}

fn main() {
    use fx::__private::generated as __fx;
    let _ = __fx::Unit::new("shop", "shop").event("placed", "order.placed", __fx::TriggerKind::Message, __fx_event_placed);
}
