//! This program and the machine it runs on.

use std::{env, fs};

use super::Check;
use crate::cli::verb::version::VERSION;
use crate::text;

pub(super) fn program() -> Check {
    let dashboard = if cfg!(feature = "tui") { "with the dashboard" } else { "without the dashboard" };
    Check::ok("stacktop", format!("{VERSION}, {dashboard}"))
}

pub(super) fn system() -> Check {
    let kernel = read("/proc/sys/kernel/osrelease").map(|release| format!(" {release}")).unwrap_or_default();
    let name = read("/proc/sys/kernel/hostname").map(|name| format!("{name}, ")).unwrap_or_default();
    Check::ok("host", format!("{name}{}{kernel}, {}", env::consts::OS, env::consts::ARCH))
}

fn read(path: &str) -> Option<String> {
    let text = text::sanitize(fs::read_to_string(path).ok()?.trim());
    (!text.is_empty()).then_some(text)
}
