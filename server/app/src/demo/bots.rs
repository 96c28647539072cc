//! `--bots`: simulated participants take the parties' and the lawyer's places in the first sitting, so that one person
//! alone, at the desk, can try the whole of it. They come in as phones do, and from another WebRTC stack than ours.

use std::time::Duration;

use anyhow::Context as _;
use domain::link::{self, TOKEN_BYTES};
use domain::{SeatId, SeatRole};
use participant::bot::Bot;
use participant::clip::Person;
use store::seat_link::NewLink;

use super::handout::Handout;
use crate::state::AppState;

/// Makes new links for the bots' seats: the former ones are bound to bots that are gone.
pub(super) async fn invite(app: &AppState, handout: &mut Handout) -> anyhow::Result<Vec<Bot>> {
    let here = format!("http://127.0.0.1:{}", app.config.http.listen.port());
    let url = handout.url.clone();
    let Some(sitting) = handout.sessions.first_mut() else { return Ok(Vec::new()) };
    let mut bots = Vec::new();
    for seat in &mut sitting.seats {
        let Some(person) = person(seat.role) else { continue };
        let link = fresh_link(app, seat.id).await?;
        seat.join_url = format!("{url}/j/{link}");
        bots.push(Bot { url: here.clone(), link, person });
    }
    handout.write(&app.config.data_dir)?;
    Ok(bots)
}

/// Lets them in; they stay until the server stops.
pub(super) fn start(app: &AppState, bots: Vec<Bot>) -> anyhow::Result<()> {
    for bot in bots {
        // A browser of its own each: the cookie binds the link to it.
        let http = reqwest::Client::builder()
            .cookie_store(true)
            .no_proxy()
            .timeout(Duration::from_secs(20))
            .build()
            .context("an HTTP client for a simulated participant")?;
        app.tasks.spawn("bot", bot.take_part(http, app.tasks.tracker(), app.tasks.stop_token()));
    }
    Ok(())
}

fn person(role: SeatRole) -> Option<Person> {
    match role {
        SeatRole::Applicant => Some(Person::Elder),
        SeatRole::Respondent => Some(Person::Neighbour),
        SeatRole::Lawyer => Some(Person::Lawyer),
        _ => None,
    }
}

async fn fresh_link(app: &AppState, seat_id: SeatId) -> anyhow::Result<String> {
    let now = app.clock.now();
    let token = link::token(app.random.bytes::<TOKEN_BYTES>());
    let tx = app.store.begin().await?;
    let new = NewLink {
        id: app.ids.next(),
        seat_id,
        token_hash: &link::hash(&token),
        expires_at: link::expiry(now, now),
    };
    store::seat_link::issue(&tx, &new, now).await?;
    tx.commit().await?;
    Ok(token)
}
