//! Saying how much is on its way, for resources that send a package.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

/// What a resource sends: the words for [`Resource::doing`](crate::Resource::doing). Clones are of the same resource.
#[derive(Debug, Clone, Default)]
pub struct Upload(Arc<AtomicUsize>);

impl Upload {
    /// So many bytes are sent from now on.
    pub fn begin(&self, bytes: usize) {
        self.0.store(bytes, Ordering::Relaxed);
    }

    /// The words; `None`: nothing is sent.
    pub fn words(&self) -> Option<String> {
        let bytes = self.0.load(Ordering::Relaxed);
        (bytes > 0).then(|| format!("sending {} MB", bytes.div_ceil(1_000_000)))
    }
}

#[cfg(test)]
mod tests {
    use super::Upload;

    #[test]
    fn who_sends_nothing_has_nothing_to_say() {
        let upload = Upload::default();
        assert_eq!(upload.words(), None);
        upload.begin(4_200_000);
        assert_eq!(upload.words().as_deref(), Some("sending 5 MB"));
    }
}
