//! The dashboard, where this build has it.

use super::{args::Options, endpoint, exit::Exit, exit::Failure};

/// What to do instead.
const VERBS: &str = "the verbs are ls, ps, stats, logs, events, health, inspect, nodes, doctor, sim, version";

/// Opens the dashboard on the engine that the options name.
///
/// # Errors
/// [`Failure::Usage`] where there is none to open.
pub(super) async fn run(options: &Options) -> Result<Exit, Failure> {
    if cfg!(not(feature = "tui")) {
        return Err(Failure::Usage(format!("this build has no dashboard; {VERBS}")));
    }
    let _connector = endpoint::connector(options)?;
    Err(Failure::Usage(format!("the dashboard is not there yet; {VERBS}")))
}
