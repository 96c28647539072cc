//! Stories and properties of the sitting.

mod captions;
mod craft;
mod duty;
mod properties;
mod recording;
mod rules;
mod table;
