//! Reads a backup set to its last byte, on a thread that may block, and tells how far it is.

use std::time::{Duration, Instant};

use tokio::{sync::mpsc, task::spawn_blocking};

use crate::{
    backup::{Manifest, Part, Set, verify_watched},
    command::{Ending, Halt, Progress, Stage, Wish},
    domain::StackName,
    model::JobId,
    runtime::Shelving,
    text,
    update::{End, Msg},
};

/// How often is told how far it is.
const OFTEN: Duration = Duration::from_secs(1);

/// Reads a set; how that ended.
pub(super) async fn verify(
    shelving: Option<Shelving>,
    (stack, set): (StackName, String),
    told: Told,
    halt: Halt,
) -> End {
    let work = spawn_blocking(move || {
        let Some(shelving) = shelving else {
            return End::Refused("there is no place for backups".to_owned());
        };
        match shelving.shelf.find(stack.as_str(), Some(&set)) {
            Ok(found) => read(&shelving, &found, told, &halt),
            Err(error) => End::Refused(error.to_string()),
        }
    });
    work.await.unwrap_or_else(|defect| End::Refused(defect.to_string()))
}

fn read(shelving: &Shelving, set: &Set, mut told: Told, halt: &Halt) -> End {
    let verified = |sound| End::Verified { set: set.id.clone(), sound };
    let manifest: &Manifest = match &set.manifest {
        Ok(manifest) => manifest,
        Err(why) => return verified(Err(why.clone())),
    };
    for part in &manifest.parts {
        told.begin(part);
        let watch = |bytes| {
            told.so_far(bytes);
            halt.wish() == Wish::End
        };
        let read = verify_watched(&set.folder, part, &shelving.settled.keys, watch);
        if halt.wish() != Wish::End {
            return End::Walk(Ending::Cancelled);
        }
        match read {
            Ok(()) => {
                told.say(Stage::Done, format!("{}, as its manifest says", text::bytes(part.stored_bytes)));
            }
            Err(error) => {
                told.say(Stage::Failed, error.to_string());
                return verified(Err(error.to_string()));
            }
        }
    }
    verified(Ok(()))
}

/// Tells how far it is.
pub(super) struct Told {
    answers: mpsc::Sender<Msg>,
    job: JobId,
    began: Instant,
    part: String,
    part_began: Instant,
    last: Instant,
    bytes: u64,
    of: u64,
}

impl Told {
    pub(super) fn new(answers: mpsc::Sender<Msg>, job: JobId) -> Self {
        let now = Instant::now();
        Self { answers, job, began: now, part: String::new(), part_began: now, last: now, bytes: 0, of: 0 }
    }

    fn begin(&mut self, part: &Part) {
        let now = Instant::now();
        (self.part, self.part_began, self.last) = (text::sanitize(&part.source.called()), now, now);
        (self.bytes, self.of) = (0, part.stored_bytes);
        self.say(Stage::Begins, String::new());
    }

    fn so_far(&mut self, bytes: u64) {
        self.bytes = bytes;
        if self.last.elapsed() >= OFTEN {
            self.last = Instant::now();
            let rate = self.bytes as f64 / self.part_began.elapsed().as_secs_f64().max(0.001);
            let left = self.of.saturating_sub(self.bytes) as f64 / rate.max(1.0);
            let (done, of) = (text::bytes(self.bytes), text::bytes(self.of));
            self.say(Stage::Waits, format!("{done} of {of}, {}, {left:.0} s left", text::rate(rate)));
        }
    }

    fn say(&self, stage: Stage, detail: String) {
        let progress = Progress {
            operation: String::new(),
            sequence: 0,
            phase: self.part.clone(),
            slot: None,
            target: self.part.clone(),
            state: "reading".to_owned(),
            stage,
            detail,
            elapsed: self.began.elapsed(),
            deadline: None,
            left: None,
        };
        // A receiver that is gone means that the program ends.
        let _ended = self.answers.blocking_send(Msg::Progress { job: self.job, progress });
    }
}
