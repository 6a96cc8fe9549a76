//! Labels of containers and volumes that say how they are backed up.

/// `dump`, `stop`, `pause`, `live` or `skip`.
pub const MODE: &str = "stacktop.backup.mode";

/// A command line for the container's shell, or a JSON list, that writes a dump to its standard output.
pub const DUMP: &str = "stacktop.backup.exec";

/// A command that is run before the dumps; if it fails, there is no backup.
pub const BEFORE_DUMP: &str = "stacktop.backup.exec.pre";

/// A command that is run after the dumps, whatever became of them and of what is run before them.
pub const AFTER_DUMP: &str = "stacktop.backup.exec.post";

/// A command that reads a dump on its standard input and fails if it is of no use: run by a drill, in a container of its
/// own.
pub const VERIFY: &str = "stacktop.backup.verify.exec";

/// A command that reads a dump on its standard input and puts it in the place of what is there.
pub const RESTORE: &str = "stacktop.restore.exec";
