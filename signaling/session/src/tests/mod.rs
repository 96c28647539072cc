//! Stories and properties of the sitting.

mod captions;
mod craft;
mod craft_gate;
mod duty;
mod mandates;
mod papers;
mod properties;
mod recording;
mod rules;
mod table;
