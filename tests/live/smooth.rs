//! A full house: 20 seats in 6 areas. Command → everyone's screen, on loopback, through the real server with its
//! database. `cargo xtask bench sitting` prints the figure; a loaded machine makes no failure of it.

use std::time::{Duration, Instant};

use domain::{SeatRole, Side};
use serde_json::json;

use crate::room::{HAN, LIN, MA, QIAN, Room, SU, TANG, Who, ZHAO, who};

const MORE: [Who; 13] = [
    who("周海明", SeatRole::Applicant, Side::Applicant),
    who("罗成", SeatRole::Applicant, Side::Applicant),
    who("林晓", SeatRole::Applicant, Side::Applicant),
    who("孙有粮", SeatRole::Applicant, Side::Applicant),
    who("郑敏", SeatRole::Agent, Side::Applicant),
    who("吴桂兰", SeatRole::Applicant, Side::Applicant),
    who("高峰", SeatRole::Respondent, Side::Respondent),
    who("许衡", SeatRole::Agent, Side::Respondent),
    who("陈大志", SeatRole::Respondent, Side::Respondent),
    who("陈二勇", SeatRole::Respondent, Side::Respondent),
    who("陈小梅", SeatRole::Respondent, Side::Respondent),
    who("何秀英", SeatRole::ThirdParty, Side::ThirdParty),
    who("白雪", SeatRole::Interpreter, Side::Neutral),
];
/// One round: a move of one host, then a word of the other to all. As often as a socket may speak for ever.
const ROUND: Duration = Duration::from_millis(110);
const ROUNDS: usize = 100;

fn line(what: &str, mut took: Vec<Duration>) {
    took.sort_unstable();
    let at = |share: usize| took[(took.len() - 1) * share / 100].as_secs_f64() * 1e3;
    let (half, p95, most) = (at(50), at(95), at(100));
    println!(
        "sitting 20 seats, 6 areas, {what}: p50 {half:.1} ms, p95 {p95:.1} ms, most {most:.1} ms, n {}",
        took.len()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bench_a_full_house_stays_smooth() {
    let people: Vec<Who> = [LIN, HAN, SU, ZHAO, QIAN, MA, TANG].into_iter().chain(MORE).collect();
    assert_eq!(people.len(), 20);
    let mut room = Room::together(&people).await;
    room.does(LIN, room.caucus(&[ZHAO, MORE[0], MORE[1]])).await;
    room.does(HAN, room.caucus(&[QIAN, MORE[6], MORE[7]])).await;
    for (who, area) in
        [(MORE[3], "consult-1"), (MORE[4], "consult-1"), (TANG, "consult-2"), (MORE[8], "consult-2")]
    {
        room.does(LIN, room.shift(who, area)).await;
    }
    room.does(LIN, room.of("send_back", MORE[10])).await; // lobby, joint, two caucuses, two consults
    room.quiet().await;
    let (mut moves, mut words) = (Vec::new(), Vec::new());
    let mut rounds = tokio::time::interval(ROUND);
    for round in 0..ROUNDS {
        rounds.tick().await;
        let area = if round % 2 == 0 { "consult-2" } else { "joint" };
        let begun = Instant::now();
        room.does(HAN, room.shift(MORE[9], area)).await;
        for who in [MORE[9], LIN, HAN] {
            let there = |v: &serde_json::Value| {
                let seat = crate::room::in_corridor_or_area(v, MORE[9]);
                seat["area"] == area
            };
            room.sees(who, "the move", there).await;
        }
        moves.push(begun.elapsed());
        let text = format!("第{round}次通知");
        let begun = Instant::now();
        room.does(LIN, json!({"type": "announce", "text": text})).await;
        for who in &people {
            room.sees(*who, "the word", |v| v["mine"]["announcement"]["text"] == text).await;
        }
        words.push(begun.elapsed());
    }
    line("a move to the screens of who moved and both hosts", moves);
    line("a word to all 20 screens", words);
}
