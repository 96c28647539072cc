//! Stories and properties of the sitting.

mod properties;
mod recording;
mod rules;
mod table;
