//! The tables, one topic a file. A migration that has landed is never edited; a change is a new file.
//!
//! Numbers: 00xx this list's own, 01xx agreements and jobs, 02xx the sitting's events, 03xx recordings, 05xx the duty roster and the incident desk. The order of the list is the
//! order of work, so a table stands below those it points to.

use sea_orm::DatabaseConnection;
use sea_orm_migration::prelude::*;

use crate::Result;

mod m0001_organization;
mod m0002_staff;
mod m0003_case;
mod m0004_party;
mod m0005_timeline;
mod m0006_session;
mod m0007_minutes;
mod m0008_document;
mod m0009_idempotency;
mod m0101_agreement;
mod m0102_job;
mod m0201_session_event;
mod m0210_media_revocation;
mod m0301_recording;
mod m0401_paper;
mod m0402_seats;
mod m0403_session_state;
mod m0404_mandate;
mod m0405_same_device;
mod m0501_duty;

struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_organization::Migration),
            Box::new(m0002_staff::Migration),
            Box::new(m0003_case::Migration),
            Box::new(m0004_party::Migration),
            Box::new(m0005_timeline::Migration),
            Box::new(m0006_session::Migration),
            Box::new(m0007_minutes::Migration),
            Box::new(m0008_document::Migration),
            Box::new(m0009_idempotency::Migration),
            Box::new(m0101_agreement::Migration),
            Box::new(m0102_job::Migration),
            Box::new(m0201_session_event::Migration),
            Box::new(m0210_media_revocation::Migration),
            Box::new(m0301_recording::Migration),
            Box::new(m0401_paper::Migration),
            Box::new(m0402_seats::Migration),
            Box::new(m0403_session_state::Migration),
            Box::new(m0404_mandate::Migration),
            Box::new(m0501_duty::Migration),
            Box::new(m0405_same_device::Migration),
        ]
    }
}

pub(crate) async fn up(db: &DatabaseConnection) -> Result<()> {
    Ok(Migrator::up(db, None).await?)
}

pub(crate) async fn pending(db: &DatabaseConnection) -> Result<usize> {
    Ok(Migrator::get_pending_migrations_read_only(db).await?.len())
}
