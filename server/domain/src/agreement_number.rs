//! The agreement's number: `（2026）石桥人调字第17号`, one sequence per committee and year (domain.md §3).
//!
//! It is reserved when signing opens, because the frozen text contains it. A text that is taken back gives its number
//! up for good: 作废, never used again, so that two papers can never carry the same one.

/// What became of a reserved number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NumberState {
    /// In the frozen text that is being signed, or in a sealed agreement.
    Reserved,
    /// 作废
    Void,
}

/// As printed. 人调字 is what most committees use; 民调字 and others differ by province.
pub fn agreement_number(year: i32, short_name: &str, serial: i32) -> String {
    format!("（{year}）{short_name}人调字第{serial}号")
}
