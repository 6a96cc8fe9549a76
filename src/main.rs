//! The `stacktop` program: reads arguments, runs them, ends with the right code.

use std::process::ExitCode;

use stacktop::cli;

fn main() -> ExitCode {
    stacktop::runtime::install_reports();
    match cli::parse(std::env::args_os()) {
        Ok(args) => cli::run(args).into(),
        Err(exit) => exit.into(),
    }
}
