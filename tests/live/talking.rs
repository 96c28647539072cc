//! Talk time: levels of real packets, through the SFU and the media wire, to the host's screen.

use std::time::Duration;

use bytes::Bytes;
use livekit::Grant;
use participant::{JoinOptions, Participant, Publication};
use serde_json::{Value, json};

use crate::room::{LIN, QIAN, Room, Who, ZHAO, in_area};

const FRAME: Duration = Duration::from_millis(20);

async fn joins(room: &Room, who: Who) -> (Participant, Publication) {
    let (session, seat) = (room.table.session.to_string(), room.seat(who).to_string());
    let token = room.table.state.wire.token(Grant::new(session, seat, who.name)).unwrap();
    let options = JoinOptions::new(&room.table.url, token);
    let participant = Participant::join(options, &room.table.state.tasks.tracker()).await.unwrap();
    let microphone = participant.publish(false, (0, 0)).await.unwrap();
    (participant, microphone)
}

fn talk_ms(view: &Value, who: Who) -> u64 {
    in_area(view, who)["private"]["talk_ms"].as_u64().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn talk_time_is_measured_by_the_media_plane_and_is_the_hosts_to_see() {
    let mut room = Room::together(&[LIN, ZHAO, QIAN]).await;
    let (_lin, _) = joins(&room, LIN).await;
    let (_zhao, loud) = joins(&room, ZHAO).await;
    let (_qian, low) = joins(&room, QIAN).await;
    let stop = room.table.state.tasks.stop_token();
    room.table.state.tasks.spawn("speakers", async move {
        let mut tick = tokio::time::interval(FRAME);
        let packet = Bytes::from_static(&[0xf8, 0xff, 0xfe]);
        while !stop.is_cancelled() {
            tick.tick().await;
            // Zhao speaks; Qian's microphone is open in a quiet room.
            let _ = loud.speak(&packet, FRAME, 15).await;
            let _ = low.speak(&packet, FRAME, 70).await;
        }
    });
    let view = room.sees(LIN, "talk time", |v| talk_ms(v, ZHAO) >= 3000).await;
    assert_eq!(talk_ms(&view, QIAN), 0, "who is silent has not talked");
    room.sees(ZHAO, "the own talk time", |v| talk_ms(v, ZHAO) >= 1000).await;
    // The other side is not told how long anybody else has talked.
    let snapshot = room.comes(QIAN).await;
    assert!(in_area(&snapshot["view"], ZHAO)["private"].is_null());
    // A private talk is no speech at the table.
    room.does(LIN, room.caucus(&[ZHAO])).await;
    let before = talk_ms(&room.comes(LIN).await["view"], ZHAO);
    tokio::time::sleep(Duration::from_secs(5)).await; // more than two batches pass
    assert_eq!(talk_ms(&room.comes(LIN).await["view"], ZHAO), before);
    room.does(LIN, json!({"type": "close_caucus", "area": "caucus-1"})).await;
    room.sees(LIN, "it goes on", |v| talk_ms(v, ZHAO) > before).await;
}
