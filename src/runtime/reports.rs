//! What is told of a defect: a panic gives the terminal back before it says anything.

use std::{panic, process};

use color_eyre::config::HookBuilder;

/// The exit code of a panic, as Rust's own runtime has it.
const PANICKED: i32 = 101;

/// Installs the reports. A panic anywhere ends the program: half of it would draw over the report.
pub fn install_reports() {
    let (report, errors) = HookBuilder::default().display_env_section(false).into_hooks();
    // A second installation is the only way to fail; the first one's reports are as good.
    let _installed = errors.install();
    panic::set_hook(Box::new(move |info| {
        crate::term::restore();
        crate::cli::session::remark(&report.panic_report(info).to_string());
        process::exit(PANICKED);
    }));
}
