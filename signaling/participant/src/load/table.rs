//! Figures by name, for one server or two: medians of rounds, ratios, a table for people and JSON for machines.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Map, Value, json};

/// One round's figures: names carry their units.
pub type Row = Vec<(&'static str, f64)>;

/// Rounds of the same load, by server or variant, in the order they were first added.
#[derive(Default)]
pub struct Table {
    title: String,
    columns: Vec<(String, Vec<Row>)>,
}

impl Table {
    /// A table with a line above it.
    pub fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), columns: Vec::new() }
    }

    /// Adds one round of a column.
    pub fn add(&mut self, column: &str, row: Row) {
        match self.columns.iter_mut().find(|(name, _)| name == column) {
            Some((_, rows)) => rows.push(row),
            None => self.columns.push((column.to_owned(), vec![row])),
        }
    }

    /// The median of one figure over a column's rounds.
    pub fn median(&self, column: &str, name: &str) -> Option<f64> {
        let (_, rows) = self.columns.iter().find(|(known, _)| known == column)?;
        median(
            rows.iter()
                .filter_map(|row| row.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)),
        )
    }

    fn names(&self) -> Vec<&'static str> {
        let mut names = Vec::new();
        for (name, _) in self.columns.iter().flat_map(|(_, rows)| rows.iter().flatten()) {
            if !names.contains(name) {
                names.push(*name);
            }
        }
        names
    }

    /// First column over the last one, where both have the figure.
    fn ratio(&self, name: &str) -> Option<f64> {
        let [(first, _), .., (last, _)] = self.columns.as_slice() else { return None };
        let (first, last) = (self.median(first, name)?, self.median(last, name)?);
        (last != 0.0).then_some(first / last)
    }

    /// Text with aligned columns; the last one is the ratio of the first server to the last.
    pub fn text(&self) -> String {
        let rounds = self.columns.iter().map(|(_, rows)| rows.len()).max().unwrap_or(0);
        let mut text = format!("\n{} (median of {rounds})\n{:<38}", self.title, "");
        let compares = self.columns.len() > 1;
        // Writing into a string cannot fail.
        for (column, _) in &self.columns {
            let _ = write!(text, "{column:>14}");
        }
        text += if compares { "     ratio\n" } else { "\n" };
        for name in self.names() {
            let _ = write!(text, "{name:<38}");
            for (column, _) in &self.columns {
                let median = self.median(column, name).map_or_else(|| "–".to_owned(), short);
                let _ = write!(text, "{median:>14}");
            }
            if compares {
                let ratio = self.ratio(name).map_or_else(String::new, |ratio| format!("{ratio:.2}×"));
                let _ = write!(text, "{ratio:>10}");
            }
            text += "\n";
        }
        text
    }

    /// Medians, ratios and every round.
    pub fn json(&self) -> Value {
        let mut all = Map::new();
        for (column, rows) in &self.columns {
            let medians: BTreeMap<&str, Option<f64>> =
                self.names().into_iter().map(|name| (name, self.median(column, name))).collect();
            let rounds: Vec<BTreeMap<&str, f64>> =
                rows.iter().map(|row| row.iter().copied().collect()).collect();
            all.insert(column.clone(), json!({"median": medians, "rounds": rounds}));
        }
        let ratios: BTreeMap<&str, f64> =
            self.names().into_iter().filter_map(|name| Some((name, self.ratio(name)?))).collect();
        json!({"title": self.title, "columns": all, "ratio": ratios})
    }
}

fn median(values: impl Iterator<Item = f64>) -> Option<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len().is_multiple_of(2) {
        Some(f64::midpoint(*values.get(middle.checked_sub(1)?)?, *values.get(middle)?))
    } else {
        values.get(middle).copied()
    }
}

fn short(value: f64) -> String {
    match value.abs() {
        0.0 => "0".to_owned(),
        large if large >= 100.0 => format!("{value:.0}"),
        middle if middle >= 0.1 => format!("{value:.2}"),
        _ => format!("{value:.6}"),
    }
}

#[cfg(test)]
mod tests {
    use super::Table;

    #[test]
    fn medians_and_ratios() {
        let mut table = Table::new("load");
        for (ours, theirs) in [(10.0, 40.0), (90.0, 30.0), (15.0, 20.0)] {
            table.add("onedoor", vec![("cpu_s", ours), ("own_us", 3.0)]);
            table.add("janus", vec![("cpu_s", theirs)]);
        }
        assert_eq!(table.median("onedoor", "cpu_s"), Some(15.0));
        assert_eq!(table.json()["ratio"]["cpu_s"], 0.5);
        assert!(table.text().contains("0.50×"), "{}", table.text());
    }
}
