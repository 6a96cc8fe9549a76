//! Containers: made, started, stopped, renamed, removed.

use std::time::Duration;

use hyper::Method;
use serde_json::Value;

use crate::{
    domain::ContainerId,
    engine::{Call, DEADLINE, Engine, EngineError, segment},
};

/// How much longer than its grace a container may take to stop.
const MARGIN: Duration = Duration::from_secs(15);
/// How long is waited where the container's own grace applies, which only its inspection would tell.
const OWN_GRACE: Duration = Duration::from_secs(300);
/// How long it may take to make or start a container, or to remove one with all its layers.
const SLOW: Duration = Duration::from_secs(120);

/// What a call has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// What was asked for.
    Made,
    /// Nothing: it was so before.
    AlreadySo,
}

/// Whether a container is removed although it runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Force {
    /// The engine refuses to remove a container that runs.
    #[default]
    No,
    /// It is killed first.
    Kill,
}

/// What becomes of a removed container's anonymous volumes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Volumes {
    /// They stay.
    #[default]
    Keep,
    /// They go, too. Volumes with a name always stay.
    RemoveAnonymous,
}

impl Engine {
    /// Makes a container of this name from the body of the API's create call; it does not run yet.
    ///
    /// # Errors
    /// An [`EngineError`]: [`is_name_taken`](EngineError::is_name_taken), 404 without the image, 400 for a body that
    /// makes no sense.
    pub async fn create(&self, name: &str, body: &Value) -> Result<ContainerId, EngineError> {
        let attempt = format!("create container {name}");
        let call = Call::post(&attempt, "/containers/create").query("name", name);
        let made: Value = self.json(call.body(body.clone()).within(SLOW)).await?;
        for warning in made.get("Warnings").and_then(Value::as_array).into_iter().flatten() {
            log::warn!("{name}: {}", crate::text::sanitize(warning.as_str().unwrap_or_default()));
        }
        match made.get("Id").and_then(Value::as_str) {
            Some(id) => Ok(ContainerId::new(id)),
            None => Err(EngineError::Unreadable { attempt, cause: "it tells no id".to_owned() }),
        }
    }

    /// Starts a container.
    ///
    /// # Errors
    /// An [`EngineError`]; the container then stays as it was and its `State.Error` repeats the reason:
    /// [`is_port_taken`](EngineError::is_port_taken), [`is_address_taken`](EngineError::is_address_taken), a missing
    /// program (400).
    pub async fn start(&self, container: &str) -> Result<Change, EngineError> {
        self.change(act("start", container, "start").within(SLOW)).await
    }

    /// Stops a container: its stop signal, after `grace` (in whole seconds, rounded up) a kill. Without `grace` the
    /// container's own holds, and an answer is waited for up to five minutes.
    ///
    /// # Errors
    /// An [`EngineError`]; [`Silent`](EngineError::Silent) if the engine has not answered 15 s after the grace.
    pub async fn stop(&self, container: &str, grace: Option<Duration>) -> Result<Change, EngineError> {
        self.change(with_grace(act("stop", container, "stop"), grace, MARGIN)).await
    }

    /// Stops a container like [`Self::stop`] and starts it; one that does not run is only started.
    ///
    /// # Errors
    /// Those of [`Self::stop`] and [`Self::start`].
    pub async fn restart(&self, container: &str, grace: Option<Duration>) -> Result<(), EngineError> {
        self.done(with_grace(act("restart", container, "restart"), grace, MARGIN + MARGIN)).await
    }

    /// Sends a signal, by name or number, to a container's main process.
    ///
    /// # Errors
    /// An [`EngineError`]: [`is_not_running`](EngineError::is_not_running), 400 for an unknown signal.
    pub async fn kill(&self, container: &str, signal: &str) -> Result<(), EngineError> {
        let attempt = format!("send {signal} to container {container}");
        let call = Call::post(attempt, format!("/containers/{}/kill", segment(container)));
        self.done(call.query("signal", signal).within(MARGIN + DEADLINE)).await
    }

    /// Freezes all processes of a container.
    ///
    /// # Errors
    /// An [`EngineError`]: [`is_paused`](EngineError::is_paused) and
    /// [`is_not_running`](EngineError::is_not_running).
    pub async fn pause(&self, container: &str) -> Result<(), EngineError> {
        self.done(act("pause", container, "pause")).await
    }

    /// Lets them run again.
    ///
    /// # Errors
    /// An [`EngineError`]; 500 or 409 if the container is not paused.
    pub async fn unpause(&self, container: &str) -> Result<(), EngineError> {
        self.done(act("unpause", container, "unpause")).await
    }

    /// Gives a container another name. In its networks it keeps the name that it was started with.
    ///
    /// # Errors
    /// An [`EngineError`]: [`is_name_taken`](EngineError::is_name_taken).
    pub async fn rename(&self, container: &str, new: &str) -> Result<(), EngineError> {
        let attempt = format!("rename container {container} to {new}");
        let call = Call::post(attempt, format!("/containers/{}/rename", segment(container)));
        self.done(call.query("name", new)).await
    }

    /// Removes a container.
    ///
    /// # Errors
    /// An [`EngineError`]: [`is_running`](EngineError::is_running),
    /// [`is_being_removed`](EngineError::is_being_removed) if somebody else is at it.
    pub async fn remove(&self, container: &str, force: Force, volumes: Volumes) -> Result<(), EngineError> {
        let attempt = format!("remove container {container}");
        let mut call = Call::new(Method::DELETE, attempt, format!("/containers/{}", segment(container)));
        if force == Force::Kill {
            call = call.query("force", "1");
        }
        if volumes == Volumes::RemoveAnonymous {
            call = call.query("v", "1");
        }
        self.done(call.within(SLOW)).await
    }

    /// Sets a container's restart policy, also while it runs: `{"Name": "no"}`. Returns the engine's warnings.
    ///
    /// # Errors
    /// An [`EngineError`]; 400 for an unknown policy.
    pub async fn update_restart_policy(
        &self,
        container: &str,
        policy: &Value,
    ) -> Result<Vec<String>, EngineError> {
        let attempt = format!("set the restart policy of container {container}");
        let call = Call::post(attempt, format!("/containers/{}/update", segment(container)));
        let answer = self.json(call.body(serde_json::json!({ "RestartPolicy": policy }))).await?;
        Ok(super::warnings(&answer))
    }

    /// Sends a call of which only the success counts.
    pub(super) async fn done(&self, call: Call) -> Result<(), EngineError> {
        self.bytes(call).await.map(drop)
    }

    /// Sends a call to which the engine says 304 if there is nothing to do.
    async fn change(&self, call: Call) -> Result<Change, EngineError> {
        let answer = self.answer(&call.attempt, call.request()?, call.deadline).await?;
        let already = answer.status() == hyper::StatusCode::NOT_MODIFIED;
        Ok(if already { Change::AlreadySo } else { Change::Made })
    }
}

/// `POST /containers/{container}/{path}`.
fn act(verb: &str, container: &str, path: &str) -> Call {
    Call::post(format!("{verb} container {container}"), format!("/containers/{}/{path}", segment(container)))
}

fn with_grace(call: Call, grace: Option<Duration>, margin: Duration) -> Call {
    match grace {
        None => call.within(OWN_GRACE + margin),
        Some(grace) => {
            let seconds = grace.as_secs() + u64::from(grace.subsec_nanos() > 0);
            call.query("t", &seconds.to_string()).within(Duration::from_secs(seconds) + margin)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grace_is_rounded_up_and_the_answer_waited_for_longer() {
        let call = with_grace(act("stop", "web", "stop"), Some(Duration::from_millis(1200)), MARGIN);
        assert_eq!(call.request().unwrap().uri(), "/containers/web/stop?t=2");
        assert_eq!(call.deadline, Duration::from_secs(17));
    }

    #[test]
    fn without_a_grace_the_containers_own_holds() {
        let call = with_grace(act("stop", "web", "stop"), None, MARGIN);
        assert_eq!(call.request().unwrap().uri(), "/containers/web/stop");
        assert!(call.deadline > Duration::from_secs(300));
    }
}
