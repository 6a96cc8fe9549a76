//! What is written down of operations, and how it is read again.

use super::program::{command, ended};

#[test]
fn what_is_done_to_a_simulated_engine_is_not_written_down() {
    let state = tempfile::tempdir().unwrap();
    let line = "--demo scale xorb/api-prod=4 --yes";
    let done = ended(command(line).env("XDG_STATE_HOME", state.path()).output().unwrap());
    assert_eq!(done.code, 0, "{done:?}");
    assert_eq!(std::fs::read_dir(state.path()).unwrap().count(), 0, "{done:?}");
}
