//! Experts on call: who can be rung for a case ([`candidates`]), and who rings next ([`switchboard`]).

pub mod candidates;
pub mod switchboard;
