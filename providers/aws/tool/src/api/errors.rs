//! What a failure means.

use std::error::Error;

use aws_sdk_lambda::{
    config::http::HttpResponse,
    error::{ProvideErrorMetadata, SdkError},
    operation::RequestId,
};
use fx_deploy::{CloudError, Kind};

/// What an SDK's failure means.
pub(crate) fn failure<E>(operation: &str, error: &SdkError<E, HttpResponse>) -> CloudError
where
    E: ProvideErrorMetadata + RequestId + Error + Send + Sync + 'static,
{
    match error {
        SdkError::ServiceError(answer) => {
            let (status, said) = (answer.raw().status().as_u16(), answer.err());
            let pause = answer.raw().headers().get("retry-after").map(str::to_owned);
            let message = said.message().unwrap_or_default();
            refusal(operation, status, said.code().unwrap_or_default(), message, said.request_id(), pause.as_deref())
        }
        SdkError::ResponseError(answer) => {
            let status = answer.raw().status().as_u16();
            let kind = if (400..500).contains(&status) { Kind::Invalid } else { Kind::Unavailable };
            CloudError::new(kind, operation, format!("an answer that is none, status {status}: {}", innermost(error)))
        }
        SdkError::TimeoutError(_) => CloudError::new(Kind::Unavailable, operation, "no answer in time"),
        SdkError::DispatchFailure(_) => {
            CloudError::new(Kind::Unavailable, operation, format!("cannot reach AWS: {}", innermost(error)))
        }
        _ => CloudError::new(Kind::Invalid, operation, innermost(error)),
    }
}

/// What an answer means that says no.
pub(super) fn refusal(
    operation: &str,
    status: u16,
    code: &str,
    message: &str,
    request: Option<&str>,
    pause: Option<&str>,
) -> CloudError {
    let code = name(code);
    let said = if message.is_empty() { "refused without a reason" } else { message };
    let mut error = CloudError::new(kind(status, code, message), operation, said);
    if !code.is_empty() {
        error = error.code(code);
    }
    if let Some(request) = request {
        error = error.request(request);
    }
    if let Some(help) = help(code, message) {
        error = error.help(help);
    }
    if let Some(seconds) = pause.and_then(|pause| pause.parse().ok()) {
        error = error.retry_after(std::time::Duration::from_secs(seconds));
    }
    error
}

/// A code without what some protocols put around it: `com.amazonaws.events#ResourceNotFoundException:http://…`.
fn name(code: &str) -> &str {
    let code = code.split(':').next().unwrap_or(code);
    code.rsplit('#').next().unwrap_or(code)
}

fn kind(status: u16, code: &str, message: &str) -> Kind {
    let says = |words: &[&str]| words.iter().any(|words| message.contains(words));
    match code {
        "ResourceNotFoundException" | "NotFoundException" | "NoSuchEntity" | "NoSuchBucket" => Kind::NotFound,
        // One code for two things.
        "ResourceConflictException" if says(&["in progress", "in the following state", "Pending"]) => Kind::Busy,
        "ConflictException" if says(&["concurrent modification"]) => Kind::Busy,
        "ResourceConflictException"
        | "ResourceAlreadyExistsException"
        | "EntityAlreadyExists"
        | "BucketAlreadyOwnedByYou"
        | "ConflictException" => Kind::AlreadyExists,
        "ResourceInUseException"
        | "ResourceNotReadyException"
        | "ConcurrentModification"
        | "ConcurrentModificationException"
        | "OperationAborted"
        | "OperationAbortedException" => Kind::Busy,
        // A role or policy that was just made is not known everywhere at once.
        "InvalidParameterValueException"
            if says(&["cannot be assumed", "does not have permissions to call", "KMS key is invalid"]) =>
        {
            Kind::Busy
        }
        // A permission that was just given is not known everywhere at once.
        "InvalidParameterException" if says(&["Could not execute the lambda function"]) => Kind::Busy,
        "ValidationException" if says(&["to assume the role"]) => Kind::Busy,
        "InvalidArgument" if says(&["Unable to validate the following destination configurations"]) => Kind::Busy,
        "TooManyRequestsException" | "ThrottlingException" | "Throttling" | "RequestLimitExceeded" | "SlowDown" => {
            Kind::Throttled
        }
        "SignatureDoesNotMatch" | "InvalidSignatureException" if says(&["Signature expired", "not yet current"]) => {
            Kind::Clock
        }
        "RequestTimeTooSkewed" | "RequestExpired" => Kind::Clock,
        "SignatureDoesNotMatch"
        | "InvalidSignatureException"
        | "InvalidClientTokenId"
        | "UnrecognizedClientException"
        | "InvalidAccessKeyId"
        | "IncompleteSignature"
        | "MissingAuthenticationToken"
        | "MissingAuthenticationTokenException"
        | "ExpiredToken"
        | "ExpiredTokenException" => Kind::Credentials,
        "AccessDenied" | "AccessDeniedException" | "UnauthorizedOperation" | "OptInRequired" => Kind::Denied,
        "PreconditionFailedException" => Kind::Changed,
        // API Gateway's word for too many calls; elsewhere it is for too many things.
        "LimitExceededException" if status == 429 => Kind::Throttled,
        "CodeStorageExceededException"
        | "LimitExceeded"
        | "LimitExceededException"
        | "PolicyLengthExceededException"
        | "ServiceQuotaExceededException" => Kind::Quota,
        _ => match status {
            // Stand-ins for AWS on this machine have nothing of what they do not know.
            404 | 501 => Kind::NotFound,
            403 => Kind::Denied,
            429 => Kind::Throttled,
            500.. => Kind::Unavailable,
            _ => Kind::Invalid,
        },
    }
}

fn help(code: &str, message: &str) -> Option<&'static str> {
    Some(match code {
        // Said of a role that was just made, where it passes, and of one that does not exist, where it does not.
        "InvalidParameterValueException" if message.contains("cannot be assumed") => {
            "see that the role exists and that its trust policy names lambda.amazonaws.com"
        }
        "InvalidParameterValueException" if message.contains("NonExistentQueue") => {
            "make the queue that f.yml names (`aws sqs create-queue --queue-name …`), or name one that is there"
        }
        "InvalidArgument" if message.contains("destination configurations") => {
            "see that the functions which the bucket calls, those of others too, exist in its region and may be called by it"
        }
        "CodeStorageExceededException" => "delete old versions: a smaller `keep` in f.yml makes each deploy do so",
        "PolicyLengthExceededException" => "remove statements that nobody needs from the function's policy",
        "RequestEntityTooLargeException" => {
            "build it with --release, leave out files that `package.include` adds, or put large ones into a layer or a bucket"
        }
        "ExpiredToken" | "ExpiredTokenException" => "these credentials have run out: sign in again",
        "OptInRequired" => "switch this region on for the account, or deploy to another one",
        _ => return None,
    })
}

/// The innermost cause: the ones around it say that a request failed, which is known.
pub(super) fn innermost(error: &dyn Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_code_means_what_its_message_says() {
        let conflict = |message| kind(409, "ResourceConflictException", message);
        assert_eq!(conflict("The operation cannot be performed at this time. An update is in progress"), Kind::Busy);
        assert_eq!(conflict("The function is currently in the following state: Pending"), Kind::Busy);
        assert_eq!(conflict("Function already exist: shop"), Kind::AlreadyExists);
        let gateway = |message| kind(409, "ConflictException", message);
        assert_eq!(gateway("Unable to complete operation due to concurrent modification."), Kind::Busy);
        assert_eq!(gateway("Route with key GET / already exists for this API"), Kind::AlreadyExists);
        assert_eq!(kind(429, "LimitExceededException", "Too many requests"), Kind::Throttled);
        assert_eq!(kind(409, "LimitExceededException", "Cannot exceed quota for roles"), Kind::Quota);
        let invalid = |message| kind(400, "InvalidParameterValueException", message);
        assert_eq!(invalid("The role defined for the function cannot be assumed by Lambda."), Kind::Busy);
        assert_eq!(invalid("Unzipped size must be smaller than 262144000 bytes"), Kind::Invalid);
        let bucket = |message| kind(400, "InvalidArgument", message);
        assert_eq!(bucket("Unable to validate the following destination configurations"), Kind::Busy);
        assert_eq!(bucket("Configurations overlap."), Kind::Invalid);
        let log = "Could not execute the lambda function. Make sure you have given CloudWatch Logs permission to execute your function.";
        assert_eq!(kind(400, "InvalidParameterException", log), Kind::Busy);
        let role = "The execution role you provide must allow AWS EventBridge Scheduler to assume the role.";
        assert_eq!(kind(400, "ValidationException", role), Kind::Busy);
        let signature = |message| kind(403, "InvalidSignatureException", message);
        assert_eq!(signature("Signature expired: 20261125T000000Z is now earlier than"), Kind::Clock);
        assert_eq!(signature("The request signature we calculated does not match"), Kind::Credentials);
    }

    #[test]
    fn an_unknown_code_is_told_by_its_status() {
        let unknown = |status| kind(status, "Strange", "");
        assert_eq!((unknown(404), unknown(403), unknown(429)), (Kind::NotFound, Kind::Denied, Kind::Throttled));
        assert_eq!((unknown(503), unknown(400)), (Kind::Unavailable, Kind::Invalid));
    }

    #[test]
    fn a_code_loses_what_protocols_put_around_it() {
        assert_eq!(name("com.amazonaws.events#ConcurrentModificationException"), "ConcurrentModificationException");
        assert_eq!(name("ThrottlingException:http://internal.amazon.com/"), "ThrottlingException");
    }
}
