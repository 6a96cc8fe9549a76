//! The `stacktop` program.

fn main() {}
