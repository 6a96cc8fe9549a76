//! What a compose file, or a service's labels, say of how the service is replaced.
//!
//! Compose itself ignores `deploy.update_config` and `deploy.rollback_config`; here they are heeded, with the `pre_stop`
//! hooks that Compose keeps nowhere but in its file. All of it is pure: texts in, [`Settings`] out. Files are merged as
//! Compose merges them, setting by setting, and each setting remembers who said it ([`Said`]). What cannot be
//! understood is a note and not a failure: an update never depends on a file.
//!
//! ```text
//! read       a file's text, or labels, to settings      spans      `1m30s` as Compose writes it
//! settings   the settings and how they are merged       variables  `${NAME:-default}`
//! hook       commands that run before a stop            words      a command line, split as a shell does
//! include    which other files a file names
//! ```

mod hook;
mod include;
mod read;
mod settings;
mod spans;
mod variables;
mod words;

pub use hook::Hook;
pub use include::{Include, of_text as includes};
pub use read::{of_file, of_labels};
pub use settings::{Course, Said, Settings};
pub use variables::Variables;

#[cfg(test)]
mod tests;
