//! Labels of containers and volumes that say how they are backed up.

/// `dump`, `stop`, `pause`, `live` or `skip`.
pub const MODE: &str = "stacktop.backup.mode";

/// A command line for the container's shell, or a JSON list, that writes a dump to its standard output.
pub const DUMP: &str = "stacktop.backup.exec";
