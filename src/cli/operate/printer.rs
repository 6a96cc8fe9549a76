//! What is told while a job is carried out: lines for a person, objects for a program.

use std::{collections::HashMap, time::Duration};

use jiff::Timestamp;

use super::paper::seconds;
use crate::{
    cli::{exit::Failure, render::json, session::Out},
    command::{Progress, Stage},
    text,
};

/// Prints reports as they come.
pub struct Printer {
    json: bool,
    /// When the step of each part began.
    began: HashMap<Option<u64>, Duration>,
    /// The phase that was told last.
    phase: String,
}

impl Printer {
    /// One that prints JSON, or lines for people.
    #[must_use]
    pub fn new(json: bool) -> Self {
        Self { json, began: HashMap::new(), phase: String::new() }
    }

    /// Prints a report and hands it over at once.
    ///
    /// # Errors
    /// [`Failure::Output`] if nobody reads any more.
    pub fn print(&mut self, out: &mut Out, progress: &Progress) -> Result<(), Failure> {
        if self.json {
            out.json_line(&json::Progress::of(Timestamp::now(), progress))?;
        } else if let Some(line) = self.line(progress) {
            out.line(text::sanitize(&line))?;
        }
        out.flush()
    }

    /// The line for a person. That a call is done goes without saying; what a gate saw does not, nor a hook that failed.
    fn line(&mut self, progress: &Progress) -> Option<String> {
        if progress.stage == Stage::Begins {
            self.began.insert(progress.slot, progress.elapsed);
        }
        let detail = match (progress.stage, progress.deadline) {
            (Stage::Begins, _) => format!("{}: {}", progress.target, progress.detail),
            (Stage::Done, None) if progress.state == "draining" && progress.detail != "exit 0" => {
                format!("its hook: {}", progress.detail)
            }
            (Stage::Done, None) => return None,
            (Stage::Failed, _) => format!("failed: {}", progress.detail),
            (Stage::Done | Stage::Waits, _) => progress.detail.clone(),
        };
        let left = self.left(progress);
        let part = progress.slot.map_or_else(|| progress.phase.clone(), |slot| format!("slot {slot}"));
        Some(format!("{part}  {:<9}  {:<15}  {detail}{left}", progress.state, self.time(progress)))
    }

    /// How long all of it still takes, told once a phase.
    fn left(&mut self, progress: &Progress) -> String {
        if self.phase == progress.phase {
            return String::new();
        }
        self.phase.clone_from(&progress.phase);
        let left = progress.left.filter(|left| !left.is_zero());
        left.map(|left| format!(" (about {} s left)", left.as_secs_f64().round())).unwrap_or_default()
    }

    /// How long this step has gone on, of how long it may.
    fn time(&self, progress: &Progress) -> String {
        let began = self.began.get(&progress.slot).copied().unwrap_or_default();
        let since = progress.elapsed.saturating_sub(began).as_secs_f64();
        match progress.deadline {
            Some(deadline) => format!("{since:.1} s of {}", seconds(deadline)),
            None => format!("{since:.1} s"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(stage: Stage, elapsed: u64, detail: &str) -> Progress {
        Progress {
            operation: "01".to_owned(),
            sequence: 1,
            phase: "slot 2".to_owned(),
            slot: Some(2),
            target: "shop-web-2".to_owned(),
            state: "gate".to_owned(),
            stage,
            detail: detail.to_owned(),
            elapsed: Duration::from_millis(elapsed),
            deadline: Some(Duration::from_secs(60)),
            left: Some(Duration::from_secs(24)),
        }
    }

    #[test]
    fn a_gate_tells_its_own_time_and_what_the_probe_said() {
        let mut printer = Printer::new(false);
        let begins = printer.line(&report(Stage::Begins, 1000, "it must be seen to serve"));
        assert!(begins.is_some_and(|line| line.ends_with("it must be seen to serve (about 24 s left)")));
        let line = printer.line(&report(Stage::Waits, 4200, "probe: exit 1 \"connection refused\""));
        assert_eq!(
            line.as_deref(),
            Some("slot 2  gate       3.2 s of 60 s    probe: exit 1 \"connection refused\"")
        );
    }

    #[test]
    fn a_hook_that_fails_is_told_and_one_that_does_not_goes_without_saying() {
        let mut printer = Printer::new(false);
        let mut line = |detail| {
            let hook =
                Progress { state: "draining".to_owned(), deadline: None, ..report(Stage::Done, 0, detail) };
            printer.line(&hook)
        };
        assert!(line("exit 7").is_some_and(|line| line.ends_with("its hook: exit 7 (about 24 s left)")));
        assert_eq!(line("exit 0"), None);
    }
}
