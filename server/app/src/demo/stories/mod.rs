//! The six demo cases. People, places and numbers are made up; the law they move in is not.

mod consumer;
mod family;
mod labour;
mod land;
mod medical;
mod neighbour;

use super::story::{Someone, Story};
use domain::Side;

/// In the order they are printed.
pub(super) const ALL: &[&Story] =
    &[&neighbour::STORY, &labour::STORY, &consumer::STORY, &land::STORY, &medical::STORY, &family::STORY];

const fn person(
    side: Side,
    name: &'static str,
    phone: &'static str,
    id_number: &'static str,
    address: &'static str,
) -> Someone {
    Someone { side, name, phone, id_number, address, is_organization: false, representative: "" }
}

const fn organization(
    side: Side,
    name: &'static str,
    phone: &'static str,
    address: &'static str,
    representative: &'static str,
) -> Someone {
    Someone { side, name, phone, id_number: "", address, is_organization: true, representative }
}
