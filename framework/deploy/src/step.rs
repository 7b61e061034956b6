//! One change of one resource, made to happen.
//!
//! A call that fails in a way that passes is not simply made again: its answer may have been lost after it had done its work. The
//! resource is read first, and what is still missing is done.

use std::time::Duration;

use crate::{
    Action, Actual, Change, CloudError, FieldChange, Kind, Known, Outputs, Owner, Pending, Progress, Readiness,
    Resource,
    observe::read,
    plan::change,
    retry::{Clock, Pauses},
};

/// Between two looks at how far a call has come.
const LOOK: Duration = Duration::from_millis(300);

pub(crate) struct Step<'a> {
    pub resource: &'a dyn Resource,
    pub known: &'a Known,
    pub clock: Clock<'a>,
    pub progress: &'a dyn Progress,
}

/// Why a resource has to be ready.
#[derive(Clone, Copy)]
enum When {
    /// It is about to be changed.
    ToBeChanged,
    /// It has been changed.
    Changed,
    /// Something that is about to be changed needs it.
    Needed,
}

/// What is to be done next.
enum Call {
    Create,
    Update(Vec<FieldChange>),
    /// Delete, then create.
    Replace,
    /// Nothing: it is as it shall be.
    Done(Outputs),
}

impl Call {
    fn of(change: &Change) -> Self {
        match change.action {
            Action::Create => Self::Create,
            Action::Replace => Self::Replace,
            Action::Update | Action::Unchanged | Action::Delete => Self::Update(change.fields.clone()),
        }
    }
}

impl Step<'_> {
    /// Makes a change and waits until the resource can be worked with. `None`: it is gone.
    pub async fn make(&self, change: &Change) -> Result<Option<Outputs>, CloudError> {
        match change.action {
            Action::Delete => {
                self.delete().await?;
                return Ok(None);
            }
            Action::Unchanged => {
                self.until(When::Needed, self.known).await?;
                return Ok(None);
            }
            Action::Create | Action::Update | Action::Replace => {}
        }
        let outputs = self.bring_about(change).await?;
        // What was just made may be needed by name to ask whether it is ready.
        let mut known = self.known.clone();
        known.insert(change.resource.clone(), outputs.clone());
        self.until(When::Changed, &known).await?;
        Ok(Some(outputs))
    }

    async fn bring_about(&self, planned: &Change) -> Result<Outputs, CloudError> {
        let mut pauses = Pauses::new(self.clock);
        let mut call = Call::of(planned);
        loop {
            if matches!(call, Call::Update(_) | Call::Replace) {
                self.until(When::ToBeChanged, self.known).await?;
            }
            let result = match call {
                Call::Create => self.watched(self.resource.create(self.known)).await,
                Call::Update(changes) => self.watched(self.resource.update(&changes, self.known)).await,
                Call::Replace => match self.delete().await {
                    Ok(()) => self.watched(self.resource.create(self.known)).await,
                    Err(error) => return Err(error),
                },
                Call::Done(outputs) => return Ok(outputs),
            };
            let error = match result {
                Ok(outputs) => return Ok(outputs),
                Err(error) => error,
            };
            // Created or deleted by somebody in the meantime, perhaps by this very run.
            let overtaken = matches!(error.kind(), Kind::AlreadyExists | Kind::NotFound);
            if !error.is_temporary() && !overtaken {
                return Err(error);
            }
            pauses.after(error, self.resource.id(), self.progress).await?;
            let actual = read(self.resource, self.known, self.clock, self.progress).await?;
            call = self.still_missing(planned, actual)?;
        }
    }

    /// Tells how far a call has come while it takes its time.
    async fn watched<T>(&self, mut call: Pending<'_, T>) -> Result<T, CloudError> {
        loop {
            tokio::select! {
                biased;
                result = &mut call => return result,
                () = tokio::time::sleep(LOOK) => {
                    if let Some(state) = self.resource.doing() {
                        self.progress.waiting(self.resource.id(), &state);
                    }
                }
            }
        }
    }

    /// What to do now that the resource has been read again.
    fn still_missing(&self, planned: &Change, actual: Option<Actual>) -> Result<Call, CloudError> {
        let change = change(self.resource, actual.as_ref().map(|actual| &actual.fields));
        match actual {
            // What was somebody else's when the plan was made is being taken over; this was not.
            Some(Actual { owner: Owner::Foreign(found), .. }) if planned.taken_from.is_none() => {
                let message = format!("{} has just been made by somebody else: {found}", self.resource.id());
                Err(CloudError::new(Kind::Changed, "deploy", message))
            }
            Some(actual) if change.action == Action::Unchanged => Ok(Call::Done(actual.outputs)),
            _ => Ok(Call::of(&change)),
        }
    }

    /// Deletes the resource and waits until it is gone.
    async fn delete(&self) -> Result<(), CloudError> {
        let mut pauses = Pauses::new(self.clock);
        loop {
            match self.resource.delete(self.known).await {
                Ok(()) => break,
                Err(error) if error.kind() == Kind::NotFound => break,
                Err(error) if error.is_temporary() => pauses.after(error, self.resource.id(), self.progress).await?,
                Err(error) => return Err(error),
            }
        }
        while read(self.resource, self.known, self.clock, self.progress).await?.is_some() {
            self.wait("being deleted").await?;
        }
        Ok(())
    }

    /// Waits until the resource can be worked with.
    async fn until(&self, when: When, known: &Known) -> Result<(), CloudError> {
        let mut pauses = Pauses::new(self.clock);
        loop {
            match (self.resource.ready(known).await, when) {
                (Ok(Readiness::Ready), _) => return Ok(()),
                (Ok(Readiness::NotYet(state)), _) => self.wait(&state).await?,
                // The change may be what mends it.
                (Ok(Readiness::Failed(_)), When::ToBeChanged) => return Ok(()),
                (Ok(Readiness::Failed(reason)), _) => {
                    return Err(CloudError::new(Kind::Failed, self.resource.id().to_string(), reason));
                }
                // Deleted in the meantime: the change will find out, and make it anew.
                (Err(error), When::ToBeChanged) if error.kind() == Kind::NotFound => return Ok(()),
                // Made a moment ago, and not everywhere known yet.
                (Err(error), When::Changed) if error.kind() == Kind::NotFound => {
                    pauses.after(error, self.resource.id(), self.progress).await?;
                }
                (Err(error), _) if error.is_temporary() => {
                    pauses.after(error, self.resource.id(), self.progress).await?;
                }
                (Err(error), _) => return Err(error),
            }
        }
    }

    async fn wait(&self, state: &str) -> Result<(), CloudError> {
        self.progress.waiting(self.resource.id(), state);
        self.clock.pause(self.clock.patience.poll, &self.resource.id().to_string()).await
    }
}
