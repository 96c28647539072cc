//! Tests that tell stories: API, live, media, documents, journeys.

pub mod postgres;
