//! The `stacktop` program: reads arguments, runs them, ends with the right code.

use std::process::ExitCode;

use stacktop::cli;

/// Threads for the work; the terminal has the main thread.
const WORKERS: usize = 2;

fn main() -> ExitCode {
    stacktop::runtime::install_reports();
    let args = match cli::parse(std::env::args_os()) {
        Ok(args) => args,
        Err(exit) => return exit.into(),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(WORKERS).enable_all().build();
    match runtime {
        Ok(runtime) => {
            let exit = runtime.block_on(cli::run(args));
            runtime.shutdown_background();
            exit.into()
        }
        Err(error) => {
            cli::session::remark(&format!("the threads for the work cannot be started: {error}"));
            cli::Exit::Wrong.into()
        }
    }
}
