//! Walks through steps that need no lock, and back where there is a way.

use jiff::Timestamp;
use tokio::sync::mpsc;

use super::Steps;
use crate::{
    command::{
        Ending, Halt, Phase, Progress, Walker,
        execute::operation::{Verdict, carry_out},
    },
    engine::Engine,
    runtime::holder,
    update::End,
};

pub(super) async fn walk(engine: &Engine, steps: Steps, reports: mpsc::Sender<Progress>, halt: Halt) -> End {
    let Steps { plan, target, back } = steps;
    let holder = holder(Timestamp::now());
    let walker = |halt| Walker::new(engine.clone(), holder.operation.clone(), reports.clone(), halt);
    match carry_out(walker(halt), &plan, &target, &holder.user).await {
        Ok(Ending::Failed(failure)) if !back.is_empty() => {
            let put_back = walker(Halt::default());
            turn_back(&put_back, &back, failure).await
        }
        Ok(ending) => End::Walk(ending),
        Err(refused) => End::Refused(refused.to_string()),
    }
}

async fn turn_back(walker: &Walker, back: &[Phase], failure: crate::command::Failure) -> End {
    let why = match walker.walk(back).await {
        Ending::Done => return End::Operation(Verdict::RolledBack(failure)),
        Ending::Cancelled => "it was stopped".to_owned(),
        Ending::Failed(second) => format!("{}: {}", second.attempt, second.why),
    };
    End::Operation(Verdict::Stuck { failure: Some(failure), why })
}
