//! A bucket of COS, for files that browsers load.

use std::sync::Arc;

use fx_deploy::{Answer, Pending};
use fx_provider::site::{Bucket, BucketCall, Remedies};

use crate::api::Scf;

/// A bucket.
pub(super) struct Files {
    pub scf: Arc<Scf>,
    /// Its full name, the account's number at its end included.
    pub name: String,
}

impl Bucket for Files {
    fn name(&self) -> &str {
        &self.name
    }

    fn address(&self) -> String {
        self.scf.bucket(&self.name).address()
    }

    fn call(&self, call: BucketCall) -> Pending<'_, Answer> {
        Box::pin(async move { self.scf.bucket(&self.name).send(&call).await })
    }

    fn remedies(&self) -> Remedies {
        Remedies {
            make: "make it in the region of the functions, and write its name with the account's number at its end, as in \
                   `site-1250000000`: `coscli mb cos://BUCKET -e cos.REGION.myqcloud.com`",
            open: "let everybody read it: `coscli bucket-acl --method put cos://BUCKET -e cos.REGION.myqcloud.com --acl public-read`; or \
                   put a CDN in front of it that may read it",
            cors: "allow it in the bucket's CORS rules: origin `*`, method GET (console: Security Management, CORS), and let a CDN in \
                   front of it pass `Access-Control-Allow-Origin` on",
        }
    }
}
