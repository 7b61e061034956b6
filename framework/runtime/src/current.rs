//! Which invocation the code now running on this thread belongs to: so log lines and error bodies carry its id
//! without anybody passing it around.

use std::cell::RefCell;

use crate::context::Context;

thread_local! {
    static CURRENT: RefCell<Option<Context>> = const { RefCell::new(None) };
}

/// The invocation being answered, if any.
pub(crate) fn context() -> Option<Context> {
    // During thread destruction, or inside `enter` itself, there is none.
    CURRENT.try_with(|current| current.try_borrow().ok()?.clone()).ok().flatten()
}

/// Makes `context` the current one until the guard is dropped.
pub(crate) fn enter(context: &Context) -> Entered {
    Entered(CURRENT.with(|current| current.borrow_mut().replace(context.clone())))
}

/// Puts back what was current before.
pub(crate) struct Entered(Option<Context>);

impl Drop for Entered {
    fn drop(&mut self) {
        let before = self.0.take();
        CURRENT.with(|current| *current.borrow_mut() = before);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nests() {
        assert!(context().is_none());
        let outer = Context::called("outer");
        let inner = Context::called("inner");
        {
            let _outer = enter(&outer);
            {
                let _inner = enter(&inner);
                assert_eq!(context().unwrap().request_id(), "inner");
            }
            assert_eq!(context().unwrap().request_id(), "outer");
        }
        assert!(context().is_none());
    }
}
