//! Stories and properties of the sitting.

mod captions;
mod craft;
mod duty;
mod papers;
mod properties;
mod recording;
mod rules;
mod table;
