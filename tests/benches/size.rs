//! The binary.

use super::{program, table::Table};

pub fn measure(table: &mut Table) {
    let bytes = std::fs::metadata(program::stacktop()).expect("the program was built").len();
    table.section("### Binary", &["", "target", "measured"]);
    table.row(["stripped, MB", "12", &format!("{:.1}", bytes as f64 / 1e6)].map(str::to_owned).into());
}
