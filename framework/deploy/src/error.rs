//! What a platform's answer means, whichever platform it was.

use std::{error::Error, fmt, time::Duration};

/// What kind of failure it is: the engine acts on this alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// It is not there.
    NotFound,
    /// Something of that name is there already.
    AlreadyExists,
    /// Another change of it is still under way.
    Busy,
    /// Too many calls.
    Throttled,
    /// The platform failed, or the answer never came: whether the call had an effect is not known.
    Unavailable,
    /// The credentials were understood and may not do this.
    Denied,
    /// The credentials are missing, unreadable or wrong.
    Credentials,
    /// This machine's clock is off, so that signatures are refused.
    Clock,
    /// The account has no room for it.
    Quota,
    /// Somebody else changed it between reading and writing.
    Changed,
    /// The platform refuses what it was asked.
    Invalid,
    /// The platform tried and gave up: a function that cannot start, an update that failed.
    Failed,
    /// Not done in time.
    TimedOut,
    /// Stopped by the user.
    Interrupted,
}

/// A call that did not succeed.
#[derive(Debug)]
pub struct CloudError {
    kind: Kind,
    operation: String,
    message: String,
    code: Option<String>,
    request: Option<String>,
    help: Option<String>,
    retry_after: Option<Duration>,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl CloudError {
    /// A failure of `operation`, which is the platform's name for the call (`CreateFunction`) or a few words.
    pub fn new(kind: Kind, operation: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            kind,
            operation: operation.into(),
            message: message.into(),
            code: None,
            request: None,
            help: None,
            retry_after: None,
            source: None,
        }
    }

    /// The platform's own code for it.
    #[must_use]
    pub fn code(mut self, code: impl Into<String>) -> Self {
        self.code = Some(code.into());
        self
    }

    /// The platform's number of the request, for its support.
    #[must_use]
    pub fn request(mut self, id: impl Into<String>) -> Self {
        self.request = Some(id.into());
        self
    }

    /// What to do about it, where this is known better than by its kind.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// When the platform wants to be asked again.
    #[must_use]
    pub fn retry_after(mut self, pause: Duration) -> Self {
        self.retry_after = Some(pause);
        self
    }

    /// What it was caused by.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// The same as another kind, where that says what it means here.
    #[must_use]
    pub fn of_kind(mut self, kind: Kind) -> Self {
        self.kind = kind;
        self
    }

    /// Its kind.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The call.
    pub fn operation(&self) -> &str {
        &self.operation
    }

    /// The platform's own code.
    pub fn platform_code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// The pause the platform asked for.
    pub fn pause(&self) -> Option<Duration> {
        self.retry_after
    }

    /// Whether the same call may succeed later without anybody doing anything.
    pub fn is_temporary(&self) -> bool {
        matches!(self.kind, Kind::Busy | Kind::Throttled | Kind::Unavailable)
    }

    /// What to do about it.
    pub fn remedy(&self) -> Option<&str> {
        self.help.as_deref().or(match self.kind {
            Kind::Busy => Some("wait until the other change is through, and run the command again"),
            Kind::Throttled | Kind::Unavailable => Some("run the command again later: it goes on where it stopped"),
            Kind::Denied => Some("give these credentials the permission: `fx policy` prints the ones a deploy needs"),
            Kind::Credentials => Some("check the access key and its secret"),
            Kind::Clock => Some("set this machine's clock: signatures are good for some minutes only"),
            Kind::Quota => Some("remove what is not needed any more, or ask the platform for a larger quota"),
            Kind::Changed => Some("somebody else is deploying this service: run the command again when they are done"),
            Kind::TimedOut => Some("run the command again: it goes on where it stopped"),
            Kind::NotFound | Kind::AlreadyExists | Kind::Invalid | Kind::Failed | Kind::Interrupted => None,
        })
    }
}

impl fmt::Display for CloudError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.operation, self.message)?;
        match (&self.code, &self.request) {
            (Some(code), Some(request)) => write!(formatter, " ({code}, request {request})"),
            (Some(code), None) => write!(formatter, " ({code})"),
            (None, Some(request)) => write!(formatter, " (request {request})"),
            (None, None) => Ok(()),
        }
    }
}

impl Error for CloudError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn Error + 'static))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_was_called_and_what_the_platform_said() {
        let error = CloudError::new(Kind::Denied, "CreateFunction", "not allowed").code("AccessDenied").request("r-1");
        assert_eq!(error.to_string(), "CreateFunction: not allowed (AccessDenied, request r-1)");
        assert!(error.remedy().unwrap().contains("fx policy"));
    }

    #[test]
    fn only_what_passes_by_itself_is_tried_again() {
        let temporary = |kind| CloudError::new(kind, "x", "y").is_temporary();
        assert!(temporary(Kind::Busy) && temporary(Kind::Throttled) && temporary(Kind::Unavailable));
        assert!(!temporary(Kind::Denied) && !temporary(Kind::Invalid) && !temporary(Kind::AlreadyExists));
        assert!(!temporary(Kind::Failed) && !temporary(Kind::TimedOut) && !temporary(Kind::Changed));
    }
}
