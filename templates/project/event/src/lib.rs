//! Event functions: a timer, a bucket, a message topic. Try one: `fx invoke placed -d '{"body":{"id":7,"cents":1250}}'`.

use std::sync::{Arc, Mutex, PoisonError};

use fx::prelude::*;
use serde::Deserialize;

/// What the functions share. A real service would keep this in a database: an instance forgets it when it ends.
#[derive(Clone, Default)]
pub struct Ledger(Arc<Mutex<Totals>>);

/// What has happened since the last report.
#[derive(Debug, Default, PartialEq)]
pub struct Totals {
    orders: u64,
    cents: u64,
    uploads: Vec<String>,
}

impl Ledger {
    fn update(&self, change: impl FnOnce(&mut Totals)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }

    fn take(&self) -> Totals {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Made once, when an instance starts.
#[fx::app]
pub async fn app() -> Result<App<Ledger>> {
    Ok(App::new(Ledger::default()))
}

/// Every night at three: reports and starts over.
#[func("report.daily")]
pub async fn daily(_tick: Timer, State(ledger): State<Ledger>) -> Result<()> {
    let Totals {
        orders,
        cents,
        uploads,
    } = ledger.take();
    tracing::info!(
        orders,
        cents,
        uploads = uploads.len(),
        "since the last report"
    );
    Ok(())
}

/// A file has arrived in the bucket.
#[func("upload.received")]
pub async fn received(object: ObjectEvent, State(ledger): State<Ledger>) -> Result<()> {
    ledger.update(|totals| totals.uploads.push(object.key));
    Ok(())
}

/// The body of a message.
#[derive(Debug, Default, Deserialize)]
pub struct Order {
    id: u64,
    cents: u64,
}

/// A message of the topic `orders`. An error gives the message back: the platform delivers it again.
#[func("order.placed")]
pub async fn placed(message: Message<Order>, State(ledger): State<Ledger>) -> Result<()> {
    let Order { id, cents } = message.body;
    if cents == 0 {
        return Err(Error::unprocessable(format!("order {id} costs nothing")));
    }
    ledger.update(|totals| {
        totals.orders += 1;
        totals.cents += cents;
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(id: u64, cents: u64) -> Message<Order> {
        Message {
            body: Order { id, cents },
            ..Message::default()
        }
    }

    #[tokio::test]
    async fn adds_up_until_the_report() {
        let ledger = Ledger::default();
        placed(order(7, 1250), State(ledger.clone())).await.unwrap();
        placed(order(8, 50), State(ledger.clone())).await.unwrap();
        let object = ObjectEvent {
            key: "prices.csv".into(),
            ..ObjectEvent::default()
        };
        received(object, State(ledger.clone())).await.unwrap();

        let expected = Totals {
            orders: 2,
            cents: 1300,
            uploads: vec!["prices.csv".into()],
        };
        assert_eq!(*ledger.0.lock().unwrap(), expected);
        daily(Timer::default(), State(ledger.clone()))
            .await
            .unwrap();
        assert_eq!(ledger.take(), Totals::default());
    }

    #[tokio::test]
    async fn a_free_order_goes_back() {
        let ledger = Ledger::default();
        assert!(placed(order(9, 0), State(ledger.clone())).await.is_err());
        assert_eq!(ledger.take(), Totals::default());
    }
}
