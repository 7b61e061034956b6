use fx::prelude::*;

pub struct Report;

pub struct Failed;

#[func("report")]
pub async fn report(tick: Timer) -> Report {
    let _ = tick;
    Report
}

#[func("fail")]
pub async fn fail(tick: Timer) -> Result<(), Failed> {
    let _ = tick;
    Err(Failed)
}

fn main() {
    use fx::__private::generated as __fx;
    let _ = __fx::Unit::new("shop", "shop")
        .event("report", "report", __fx::TriggerKind::Timer, __fx_event_report)
        .event("fail", "fail", __fx::TriggerKind::Timer, __fx_event_fail);
}
