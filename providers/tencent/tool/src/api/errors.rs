//! What SCF's error codes mean.
//!
//! The platform answers errors with HTTP 200 and a code such as `ResourceNotFound.Function`: a class, then what it is about.

use std::time::Duration;

use fx_deploy::{CloudError, Kind};

/// Codes of `FailedOperation` that say only that another change is still under way.
const UNDER_WAY: &[&str] = &[
    "FunctionNameStatusError",
    "FunctionStatusError",
    "FunctionVersionStatusNotActive",
    "OperationConflict",
    "ProvisionedInProgress",
    "PublishVersion",
    "ReservedInProgress",
    "UpdateFunctionCode",
    "UpdateFunctionConfiguration",
    "UpdateStatus",
];

/// What fx makes: that it is missing, or there already, is an answer. Of anything else (a role, a layer, a bucket) it is a mistake in
/// what was asked.
const MADE_HERE: &[&str] = &[
    "",
    "Alias",
    "Function",
    "FunctionName",
    "FunctionVersion",
    "Namespace",
    "Qualifier",
    "Trigger",
    "TriggerName",
    "Version",
];

/// The error that a call was answered with.
pub(super) fn answered(action: &str, code: &str, message: &str, request: Option<&str>) -> CloudError {
    let (class, about) = code.split_once('.').unwrap_or((code, ""));
    let error = CloudError::new(kind(class, about), action, message).code(code);
    let error = match request {
        Some(request) => error.request(request),
        None => error,
    };
    match help(class, about) {
        Some(help) => error.help(help),
        None => error,
    }
}

/// The error that an answer with another status than 200 is: one of a gateway before the API.
pub(super) fn status(action: &str, status: u16, pause: Option<Duration>) -> CloudError {
    let kind = match status {
        429 => Kind::Throttled,
        500.. => Kind::Unavailable,
        _ => Kind::Invalid,
    };
    let error = CloudError::new(kind, action, format!("the platform answered with status {status}"));
    match pause {
        Some(pause) => error.retry_after(pause),
        None => error,
    }
}

fn kind(class: &str, about: &str) -> Kind {
    match (class, about) {
        ("AuthFailure", "SignatureExpire") => Kind::Clock,
        ("AuthFailure", "UnauthorizedOperation") | ("UnauthorizedOperation", _) => Kind::Denied,
        ("AuthFailure", _) => Kind::Credentials,
        ("ResourceNotFound", about) if MADE_HERE.contains(&about) => Kind::NotFound,
        ("ResourceInUse", about) if MADE_HERE.contains(&about) => Kind::AlreadyExists,
        ("FailedOperation", about) if UNDER_WAY.contains(&about) => Kind::Busy,
        ("FailedOperation" | "OperationDenied" | "ResourceUnavailable" | "ResourceInsufficient", _) => Kind::Failed,
        ("LimitExceeded", _) => Kind::Quota,
        ("RequestLimitExceeded", _) => Kind::Throttled,
        ("InternalError" | "ServiceUnavailable", _) => Kind::Unavailable,
        // InvalidParameter, MissingParameter, UnsupportedOperation, NoSuchVersion, … and whatever is new: asking again does not help.
        _ => Kind::Invalid,
    }
}

fn help(class: &str, about: &str) -> Option<&'static str> {
    Some(match (class, about) {
        ("AuthFailure", "SignatureFailure") => "check the secret key: it does not belong to this secret id",
        ("AuthFailure", "SecretIdNotFound" | "InvalidSecretId") => "check the secret id: there is no such key",
        ("AuthFailure", "TokenFailure") => "get a new session token: this one is wrong or has expired",
        ("ResourceUnavailable", "InsufficientBalance") => "top up the account, then run the command again",
        ("ResourceInUse", "Cos" | "CosTrigger") => {
            "another function has this bucket's events already: remove its trigger, or give this one another prefix or suffix"
        }
        ("RequestSizeLimitExceeded", _) => "a request has at most 10 MB: make the package smaller",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_of_code_has_its_kind() {
        let kind = |code: &str| answered("X", code, "said", None).kind();
        for (code, wanted) in [
            ("AuthFailure.SignatureExpire", Kind::Clock),
            ("AuthFailure.SignatureFailure", Kind::Credentials),
            ("AuthFailure.SecretIdNotFound", Kind::Credentials),
            ("AuthFailure.UnauthorizedOperation", Kind::Denied),
            ("UnauthorizedOperation.CAM", Kind::Denied),
            ("UnauthorizedOperation", Kind::Denied),
            ("InvalidParameterValue.MemorySize", Kind::Invalid),
            ("MissingParameter", Kind::Invalid),
            ("UnknownParameter", Kind::Invalid),
            ("UnsupportedRegion", Kind::Invalid),
            ("RequestSizeLimitExceeded", Kind::Invalid),
            ("LimitExceeded.Function", Kind::Quota),
            ("ResourceNotFound.Function", Kind::NotFound),
            ("ResourceNotFound.FunctionName", Kind::NotFound),
            ("ResourceNotFound.Trigger", Kind::NotFound),
            ("ResourceNotFound.Role", Kind::Invalid),
            ("ResourceNotFound.CosObject", Kind::Invalid),
            ("ResourceInUse.FunctionName", Kind::AlreadyExists),
            ("ResourceInUse.Cos", Kind::Invalid),
            ("FailedOperation.FunctionStatusError", Kind::Busy),
            ("FailedOperation.UpdateFunctionCode", Kind::Busy),
            ("FailedOperation.CreateFunction", Kind::Failed),
            ("RequestLimitExceeded", Kind::Throttled),
            ("RequestLimitExceeded.UinLimitExceeded", Kind::Throttled),
            ("InternalError.System", Kind::Unavailable),
            ("ServiceUnavailable", Kind::Unavailable),
            ("ResourceUnavailable.InsufficientBalance", Kind::Failed),
            ("SomethingNew", Kind::Invalid),
        ] {
            assert_eq!(kind(code), wanted, "{code}");
        }
    }

    #[test]
    fn says_what_was_called_and_keeps_the_requests_number() {
        let error = answered("CreateFunction", "LimitExceeded.Function", "too many", Some("r-1"));
        assert_eq!(error.to_string(), "CreateFunction: too many (LimitExceeded.Function, request r-1)");
        assert!(answered("X", "AuthFailure.SignatureExpire", "", None).remedy().unwrap().contains("clock"));
    }

    #[test]
    fn a_gateways_status_passes_or_does_not() {
        assert_eq!(status("X", 502, None).kind(), Kind::Unavailable);
        assert_eq!(status("X", 404, None).kind(), Kind::Invalid);
        let busy = status("X", 429, Some(Duration::from_secs(3)));
        assert_eq!((busy.kind(), busy.pause()), (Kind::Throttled, Some(Duration::from_secs(3))));
    }
}
