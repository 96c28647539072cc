//! Stories and properties of the sitting.

mod properties;
mod rules;
mod table;
