//! The table that comes out.

use std::fmt;

/// Sections of rows.
#[derive(Default)]
pub struct Table {
    sections: Vec<Section>,
}

struct Section {
    title: String,
    /// The first column is what was measured.
    heads: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// Begins a section with these columns.
    pub fn section(&mut self, title: impl Into<String>, heads: &[&str]) {
        let heads = heads.iter().map(|head| (*head).to_owned()).collect();
        self.sections.push(Section { title: title.into(), heads, rows: Vec::new() });
    }

    /// Adds a row to the newest section.
    pub fn row(&mut self, cells: Vec<String>) {
        eprintln!("  {}", cells.join(" | "));
        self.sections.last_mut().expect("rows stand in a section").rows.push(cells);
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for section in &self.sections {
            writeln!(f, "{}\n", section.title)?;
            writeln!(f, "| {} |", section.heads.join(" | "))?;
            writeln!(f, "|{}", "---|".repeat(section.heads.len()))?;
            for row in &section.rows {
                writeln!(f, "| {} |", row.join(" | "))?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

/// The value in the middle, and the one that 95 of 100 do not exceed.
pub fn percentiles(mut values: Vec<f64>) -> (f64, f64) {
    values.sort_by(f64::total_cmp);
    let at = |share: f64| {
        let place = (values.len().saturating_sub(1) as f64 * share).round() as usize;
        values.get(place).copied().unwrap_or(f64::NAN)
    };
    (at(0.5), at(0.95))
}

/// The value in the middle.
pub fn median(values: Vec<f64>) -> f64 {
    percentiles(values).0
}
