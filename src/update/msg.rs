//! What comes in and what goes out.

use crate::{
    action::Input,
    command::{
        Ending, Plan, Progress,
        execute::operation::{Life, Verdict},
        restore::Way,
        simple::Verb,
    },
    domain::{
        Backups, ContainerId, HostUsage, LogBatch, LogQuery, LogSource, Observation, ServiceId, ServiceKey,
        StackName, TaskId,
    },
    model::{Clock, Hits, JobId, Operation, RowKey, Turn},
};

/// A message, and when it was taken from its queue.
#[derive(Clone, Debug, PartialEq)]
pub struct Stamped<T> {
    /// The time.
    pub clock: Clock,
    /// The message.
    pub msg: T,
}

/// Everything that can happen to the dashboard.
#[derive(Clone, Debug, PartialEq)]
pub enum Msg {
    /// The person or the terminal did something.
    Input(Input),
    /// The engine's connection reports.
    Engine(Observation),
    /// Log lines arrived.
    Logs {
        /// Which request they answer.
        generation: u64,
        /// The lines; a source's index is that of [`crate::model::Logs::sources`].
        batch: LogBatch,
    },
    /// The engine described something.
    Inspected {
        /// The row it was asked for.
        row: RowKey,
        /// The description line by line, or why there is none.
        answer: Result<Vec<String>, String>,
    },
    /// The last lines of a container's output.
    Tail {
        /// The container.
        container: ContainerId,
        /// They, or in one line why there are none.
        lines: Vec<String>,
    },
    /// The journal was read, the newest operation first, or cannot be: why.
    Journal(Result<Vec<Operation>, String>),
    /// Backup sets were read, or cannot be: why.
    Backups(Result<Backups, String>),
    /// This machine was measured.
    Host(HostUsage),
    /// What was asked for is planned.
    Planned {
        /// The job that it would become.
        job: JobId,
        /// The plan, or why there is none, in a sentence.
        answer: Result<Planned, String>,
    },
    /// A job tells what it does or sees.
    Progress {
        /// Which one.
        job: JobId,
        /// What.
        progress: Progress,
    },
    /// Whose hands operations are in that have not ended, by their ids.
    Holders(Vec<(String, Life)>),
    /// Services that had been left without a replica were brought back, or were not: a sentence each.
    Healed(Vec<String>),
    /// A job has ended.
    Ended {
        /// Which one.
        job: JobId,
        /// How.
        end: End,
    },
    /// A shell was left, or could not be opened: what is to be said of it.
    ShellLeft(Result<String, String>),
    /// The screen was drawn, and has these sizes.
    Hits(Hits),
    /// A second went by.
    Tick,
}

/// Things to be done outside, in order.
pub type Effects = Vec<Effect>;

/// Something to be done outside.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// End the program.
    Quit,
    /// Put the program to sleep until the shell wakes it.
    Suspend,
    /// Draw the whole screen anew.
    Redraw,
    /// Try to reach the engine now.
    Retry,
    /// Read these logs, and no others.
    FollowLogs {
        /// What the lines are to be marked with.
        generation: u64,
        /// What to read.
        request: LogRequest,
    },
    /// Ask the engine to describe this.
    Inspect {
        /// For which row.
        row: RowKey,
        /// What.
        object: Object,
    },
    /// Read the journal of this engine.
    ReadJournal,
    /// Read what stands on the shelf of backups.
    ReadBackups,
    /// Read the last lines of this container's output.
    Tail(ContainerId),
    /// Measure these containers often; they are visible.
    Watch(Vec<ContainerId>),
    /// Look at the engine and plan this; nothing is touched.
    Prepare {
        /// The job that it would become.
        job: JobId,
        /// What is asked for.
        request: Request,
    },
    /// Read a backup set to its last byte.
    Verify {
        /// The job that it is.
        job: JobId,
        /// The stack.
        stack: StackName,
        /// The set's id.
        set: String,
    },
    /// Look whose hands unfinished operations are in.
    AskHolders,
    /// Carry out what was planned: these jobs, one after the other.
    Run(Vec<JobId>),
    /// Ask this job to stop after its running slot: no replica is left half-way.
    PauseJob(JobId),
    /// Ask this job to stop after its running step.
    Stop(JobId),
    /// Hand the terminal to a shell in the container of this name.
    Shell(String),
}

/// Something that is to be done to the engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// One thing to each of these containers.
    Each {
        /// What.
        verb: Verb,
        /// What a person calls them.
        of: String,
        /// Their names, in the order of their turns.
        containers: Vec<String>,
    },
    /// Another image, replica by replica.
    Update {
        /// Of which service.
        service: ServiceKey,
        /// Its id, if it is Swarm's.
        swarm: Option<ServiceId>,
        /// The image's reference.
        image: String,
    },
    /// Every service of a Compose project that runs, what others depend on first.
    UpdateAll {
        /// The project.
        stack: StackName,
        /// What its services are updated to.
        images: Images,
    },
    /// Another number of replicas.
    Scale {
        /// Of which service.
        service: ServiceKey,
        /// Its id, if it is Swarm's.
        swarm: Option<ServiceId>,
        /// How many.
        replicas: u64,
    },
    /// The same spec once more: Swarm replaces all tasks.
    Renew {
        /// Of which service.
        service: ServiceKey,
        /// Its id.
        swarm: ServiceId,
    },
    /// What the service was made from before its last update.
    Revert {
        /// Of which service.
        service: ServiceKey,
        /// Its id, if it is Swarm's.
        swarm: Option<ServiceId>,
    },
    /// A backup set.
    BackUp {
        /// Of which stack.
        stack: StackName,
        /// Of which service alone, if not of all.
        service: Option<String>,
    },
    /// The data of a backup set.
    Restore {
        /// Of which stack.
        stack: StackName,
        /// Of which service alone, if not of all.
        service: Option<String>,
        /// The set's id.
        set: String,
        /// Where it goes.
        way: Way,
    },
    /// A restore in throw-away copies.
    Drill {
        /// Of which stack.
        stack: StackName,
        /// The set's id.
        set: String,
    },
    /// All that nobody uses is removed.
    Prune,
    /// What is left of an operation that was stopped half-way.
    Resume(String),
    /// The way back of one.
    RollBack(String),
}

/// What services that are all updated are updated to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Images {
    /// What their references mean on the engine.
    AsTheyAre,
    /// What their references mean where images are fetched from: they are fetched first.
    Fetched,
}

/// What would be done.
#[derive(Clone, Debug, PartialEq)]
pub struct Planned {
    /// All of it, as it is shown.
    pub plan: Plan,
    /// The jobs that it becomes, in their order.
    pub turns: Vec<Turn>,
}

impl Planned {
    /// A plan that becomes one job, with its operation's id, if it takes a lock.
    #[must_use]
    pub fn one(plan: Plan, operation: Option<String>) -> Self {
        Self { turns: vec![Turn { service: None, plan: plan.clone(), operation }], plan }
    }
}

/// How a job ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// An operation with a lock.
    Operation(Verdict),
    /// A walk through a plan.
    Walk(Ending),
    /// A set was read to its last byte.
    Verified {
        /// The set's id.
        set: String,
        /// Whether it is what its manifest says; if not, why.
        sound: Result<(), String>,
    },
    /// It was not begun: why.
    Refused(String),
}

impl End {
    /// Whether all was done as it was planned.
    #[must_use]
    pub const fn is_done(&self) -> bool {
        matches!(
            self,
            Self::Operation(Verdict::Done) | Self::Walk(Ending::Done) | Self::Verified { sound: Ok(()), .. }
        )
    }
}

/// Sources that are read with one query.
#[derive(Clone, Debug, PartialEq)]
pub struct LogRequest {
    /// The sources.
    pub sources: Vec<LogSource>,
    /// For each of them, its index in [`crate::model::Logs::sources`].
    pub indices: Vec<usize>,
    /// Which lines.
    pub query: LogQuery,
}

/// Something that the engine can describe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Object {
    /// A container.
    Container(ContainerId),
    /// A Swarm service.
    Service(ServiceId),
    /// A Swarm task.
    Task(TaskId),
}
