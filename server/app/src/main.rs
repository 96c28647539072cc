//! The binary `onedoor`.
fn main() {}
