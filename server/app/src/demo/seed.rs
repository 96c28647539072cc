//! Settles the county, tells the stories, and makes the links.

use std::collections::HashMap;

use domain::link::{self, TOKEN_BYTES};
use domain::{Organization, Seat, Sitting, Staff};
use store::seat_link::NewLink;

use super::handout::{CaseOf, Handout, SeatOf, SignIn, SittingOf};
use super::people::{OFFICES, STAFF};
use super::roster;
use super::stories;
use super::tell::{County, Told, tell};
use crate::state::AppState;

/// Fills a fresh database.
pub(super) async fn seed(app: &AppState) -> anyhow::Result<Handout> {
    let (county, sign_ins) = settle(app).await?;
    roster::fill(app, &county).await?;
    let (mut cases, mut sessions) = (Vec::new(), Vec::new());
    for story in stories::ALL {
        let Told { case, now } = tell(app, &county, story).await?;
        cases.push(CaseOf { id: case, number: None, title: story.title.to_owned() });
        if let Some((sitting, seats)) = now {
            sessions.push(hand_out(app, story.title, &sitting, &seats).await?);
        }
    }
    let tx = app.store.read().await?;
    for case in &mut cases {
        case.number = store::case::find(&tx, case.id).await?.and_then(|case| case.number);
    }
    let url = app.config.public_url().to_owned();
    let key = app.config.media.keys.first().cloned();
    let (api_key, api_secret) = key.map(|key| (key.api_key, key.api_secret)).unwrap_or_default();
    Ok(Handout { url, api_key, api_secret, staff: sign_ins, cases, sessions })
}

/// Organisations and staff. Passwords are drawn anew for each demo: it may be open to a network.
async fn settle(app: &AppState) -> anyhow::Result<(County, Vec<SignIn>)> {
    let now = app.clock.now();
    let mut county = County { offices: HashMap::new(), staff: HashMap::new(), can_print: can_print(app) };
    let mut sign_ins = Vec::new();
    let tx = app.store.begin().await?;
    for office in OFFICES {
        let parent_id = office.above.map(|above| county.office(above)).transpose()?.map(|above| above.id);
        let organization = Organization {
            id: app.ids.next(),
            parent_id,
            level: office.level,
            name: office.name.to_owned(),
            short_name: office.short_name.to_owned(),
        };
        store::organization::insert(&tx, &organization, now).await?;
        county.offices.insert(office.short_name, organization);
    }
    for member in STAFF {
        let office = county.office(member.office)?;
        let password = format!("yl-{}", app.random.code());
        let staff = Staff {
            id: app.ids.next(),
            organization_id: office.id,
            role: member.role,
            name: member.name.to_owned(),
            title: member.title.to_owned(),
            username: member.username.to_owned(),
            active: true,
            created_at: now,
        };
        sign_ins.push(SignIn {
            role: member.role,
            username: member.username.to_owned(),
            password: password.clone(),
            name: member.name.to_owned(),
            organization: office.name.clone(),
        });
        store::staff::insert(&tx, &staff, &app.passwords.hash(password).await?).await?;
        county.staff.insert(member.username, staff);
    }
    tx.commit().await?;
    Ok((county, sign_ins))
}

/// A personal link for everybody who has no sign-in; staff go to the desk's page of the sitting.
async fn hand_out(
    app: &AppState,
    title: &str,
    sitting: &Sitting,
    seats: &[Seat],
) -> anyhow::Result<SittingOf> {
    let (now, url) = (app.clock.now(), app.config.public_url());
    let tx = app.store.begin().await?;
    let mut handed = Vec::new();
    for seat in seats {
        let join_url = if seat.staff_id.is_some() {
            format!("{url}/desk/sessions/{}", sitting.id)
        } else {
            let token = link::token(app.random.bytes::<TOKEN_BYTES>());
            let link = NewLink {
                id: app.ids.next(),
                seat_id: seat.id,
                token_hash: &link::hash(&token),
                expires_at: link::expiry(sitting.scheduled_at, now),
            };
            store::seat_link::issue(&tx, &link, now).await?;
            format!("{url}/j/{token}")
        };
        handed.push(SeatOf {
            id: seat.id,
            role: seat.role,
            side: seat.side,
            name: seat.name.clone(),
            join_url,
        });
    }
    tx.commit().await?;
    Ok(SittingOf { id: sitting.id, case_id: sitting.case_id, title: title.to_owned(), seats: handed })
}

fn can_print(app: &AppState) -> bool {
    match documents::Fonts::load(&app.config.font_directory()) {
        Ok(_) => true,
        Err(error) => {
            tracing::warn!(%error, "the demo's sealed agreements are left out");
            false
        }
    }
}
