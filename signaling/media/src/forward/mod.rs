//! Who may receive what: the one place where it is enforced.

mod pairs;
mod table;

pub(crate) use table::{ForwardTable, TrackKey};

#[cfg(test)]
mod properties;
