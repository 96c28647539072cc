//! Experts on call and the incident desk, told through the real server: who is rung, who comes, what each may read, and
//! what everybody else must not know.

use std::time::Duration;

use chrono::TimeDelta;
use domain::Expert;
use serde_json::{Value, json};
use tests::dispute::Table;
use tests::{LiveSocket, Person, TestApp, duty};

const NOTHING: &str = "00000000-0000-7000-8000-00000000dead";

struct Room {
    app: TestApp,
    table: Table,
    lin: LiveSocket,
    zhao: LiveSocket,
    qian: LiveSocket,
}

/// 林岚, 赵守田 and 钱永福 together; 许明达, 秦若溪 and 叶清 on the roster, at their desks.
async fn together() -> Room {
    let app = TestApp::start().await;
    let director = app.staff("director").await;
    let county = app.staff("director_county").await;
    duty::put(&app, &director, "lawyer", Expert::Lawyer, "").await;
    duty::put(&app, &county, "lawyer2", Expert::Lawyer, "").await;
    duty::put(&app, &director, "counsellor", Expert::Counsellor, "").await;
    duty::put(&app, &director, "liaison", Expert::Liaison, "市场监管局").await;
    let table = Table::at(&app, app.state.clock.now()).await;
    let (_, host) = table.host().await;
    let (mut lin, _) = socket(&app, &table, "林岚", &host).await;
    let (_, entry) = table.comes_in(&app, "赵守田").await;
    let (mut zhao, _) = socket(&app, &table, "赵守田", &entry).await;
    let (_, entry) = table.comes_in(&app, "钱永福").await;
    let (mut qian, _) = socket(&app, &table, "钱永福", &entry).await;
    lin.begins().await;
    for name in ["赵守田", "钱永福"] {
        lin.command(json!({"type": "admit", "seat": table.seat(name)})).await;
    }
    for socket in [&mut lin, &mut zhao, &mut qian] {
        read_up(socket).await;
    }
    Room { app, table, lin, zhao, qian }
}

async fn socket(app: &TestApp, table: &Table, name: &str, entry: &Value) -> (LiveSocket, Value) {
    app.live(name, table.id(), entry["access_token"].as_str().unwrap()).await
}

async fn read_up(socket: &mut LiveSocket) {
    socket.send(&json!({"type": "ping"})).await;
    socket.expect("pong").await;
    socket.forget();
}

fn calls(reply: &Value) -> &Vec<Value> {
    reply["items"].as_array().unwrap()
}

impl Room {
    async fn ring(&mut self, expert: &str, question: &str) {
        self.lin.command(json!({"type": "ring", "expert": expert, "question": question})).await;
    }

    /// The host's screen says whose desk rings.
    async fn rings_at(&mut self, name: &str) {
        let rings = |v: &Value| {
            let calls = v["corridor"]["calls"].as_array().unwrap();
            calls.last().is_some_and(|call| call["ringing"] == name)
        };
        self.lin.view_where(&format!("{name} is rung"), rings).await;
    }

    /// What rings at somebody's desk.
    async fn at_desk(&self, username: &str) -> (Person, Option<Value>) {
        let person = self.app.staff(username).await;
        let list = person.get("/calls").await.ok();
        let first = calls(&list).first().cloned();
        (person, first)
    }

    /// Answers, enters and says hello.
    async fn comes(&self, person: &Person, call: &str) -> (LiveSocket, String) {
        let answered = person.post_json(&format!("/calls/{call}/answer"), &json!({})).await.ok();
        let entry = person.post_json(&self.table.path("/enter"), &json!({})).await.ok();
        assert_eq!(answered["seat_id"], entry["seat_id"]);
        let (socket, _) = socket(&self.app, &self.table, &person.name, &entry).await;
        (socket, entry["seat_id"].as_str().unwrap().to_owned())
    }
}

#[tokio::test]
async fn a_lawyer_is_rung_the_next_one_comes_for_ten_minutes_and_leaves_a_note() {
    let mut room = together().await;
    room.ring("lawyer", "逾期付款的违约金能不能调低").await;
    room.rings_at("许明达").await;
    let (first, ringing) = room.at_desk("lawyer").await;
    let call = ringing.expect("it rings")["id"].as_str().unwrap().to_owned();
    assert!(room.at_desk("lawyer2").await.1.is_none(), "one desk after another");
    room.zhao.expect_nothing().await;
    room.qian.expect_nothing().await;

    // Nobody answers: after thirty seconds the next desk rings, and the first one is told that there is nothing.
    room.app.clock.advance(TimeDelta::seconds(31));
    room.rings_at("秦若溪").await;
    let late = first.post_json(&format!("/calls/{call}/answer"), &json!({})).await;
    let absent = first.post_json(&format!("/calls/{NOTHING}/answer"), &json!({})).await;
    assert_eq!((late.status, late.text()), (absent.status, absent.text()));
    let (second, ringing) = room.at_desk("lawyer2").await;
    assert_eq!(ringing.unwrap()["question"], "逾期付款的违约金能不能调低");

    // The one page: names, for a lawyer must look for conflicts; no facts, no phone, no number.
    let page = second.get(&format!("/calls/{call}/summary")).await.ok();
    assert_eq!(page["case"]["people"][0]["name"], "赵守田");
    for secret in ["墙皮脱落", "0001380", "99000019", "老槐村3组"] {
        assert!(!page.to_string().contains(secret), "{page}");
    }

    let (mut lawyer, seat) = room.comes(&second, &call).await;
    let asked = room.zhao.view_where("asked", |v| v["mine"]["guests"][0]["name"] == "秦若溪").await;
    assert!(!asked.to_string().contains("违约金"), "that a guest is asked for, not what for");
    room.qian.view_where("asked too", |v| v["mine"]["guests"][0]["name"] == "秦若溪").await;
    for party in [&mut room.zhao, &mut room.qian] {
        party.command(json!({"type": "answer_guest", "seat": seat, "yes": true})).await;
    }
    let view = lawyer.view_where("in", |v| v["area"]["kind"] == "joint").await;
    let until: chrono::DateTime<chrono::Utc> = view["mine"]["until"].as_str().unwrap().parse().unwrap();
    assert!(until > room.app.state.clock.now() + TimeDelta::minutes(9));
    lawyer.refused(json!({"type": "prolong", "seat": seat}), "host_only").await;

    // Two minutes before the end the host adds ten; then they end by themselves.
    room.app.clock.advance(TimeDelta::minutes(8));
    room.lin.command(json!({"type": "prolong", "seat": seat})).await;
    lawyer.view_where("longer", |v| v["mine"]["until"] != json!(until)).await;
    room.app.clock.advance(TimeDelta::minutes(14));
    lawyer.view_where("over", |v| v["area"]["kind"] == "lobby").await;
    room.zhao.view_where("gone", |v| !v.to_string().contains("秦若溪")).await;

    // The note is in the file, its hash on the chain.
    let (second, _) = room.at_desk("lawyer2").await;
    let note = json!({"text": "约定过分高于损失的，可以请求适当减少（民法典585条）。"});
    second.put_json(&format!("/calls/{call}/note"), &json!({"text": " "})).await.refused(422, "nothing_said");
    assert_eq!(second.put_json(&format!("/calls/{call}/note"), &note).await.ok()["in_file"], true);
    let mediator = room.app.staff("mediator").await;
    let file = mediator.get(&room.table.dispute.path("/expert-notes")).await.ok();
    assert_eq!((&file["items"][0]["author"], &file["items"][0]["text"]), (&json!("秦若溪"), &note["text"]));
    room.app
        .staff("director")
        .await
        .get(&room.table.dispute.path("/expert-notes"))
        .await
        .refused(403, "not_allowed");
    let timeline = mediator.get(&room.table.dispute.path("/timeline")).await.ok();
    assert_eq!(timeline["intact"], true);
    for kind in ["expert_called", "expert_answered", "guest_answered", "expert_noted"] {
        assert!(timeline["items"].as_array().unwrap().iter().any(|item| item["kind"] == kind), "{kind}");
    }
    assert!(!timeline.to_string().contains("585条"), "the hash, not the words");
}

/// Who was rung and since when stands in the store: a server that goes down while a desk rings comes back to a desk
/// that rings, and to nobody who was not rung; the one who answers comes in.
#[tokio::test]
async fn a_desk_that_rings_still_rings_after_the_server_came_back() {
    let mut room = together().await;
    room.ring("lawyer", "逾期付款的违约金能不能调低").await;
    room.rings_at("许明达").await;
    let call = room.at_desk("lawyer").await.1.unwrap()["id"].as_str().unwrap().to_owned();
    room.app.restart().await;

    let (lawyer, ringing) = room.at_desk("lawyer").await;
    assert_eq!(ringing.expect("it rings still")["id"], call.as_str());
    assert!(room.at_desk("lawyer2").await.1.is_none(), "the restart did not pass it on");
    let (_, host) = room.table.host().await;
    let (lin, snapshot) = socket(&room.app, &room.table, "林岚", &host).await;
    room.lin = lin;
    assert_eq!(snapshot["view"]["corridor"]["calls"][0]["ringing"], "许明达");
    // Nobody answers: the patience counts from when it began to ring, not from the restart.
    room.app.clock.advance(TimeDelta::seconds(31));
    room.rings_at("秦若溪").await;
    let absent = lawyer.post_json(&format!("/calls/{call}/answer"), &json!({})).await;
    assert_eq!(absent.status.as_u16(), 404);
    let second = room.at_desk("lawyer2").await.0;
    room.comes(&second, &call).await;
}

#[tokio::test]
async fn r31_a_counsellors_note_is_nobodys_but_the_counsellors() {
    let mut room = together().await;
    let zhao = room.table.seat("赵守田").to_owned();
    room.lin.command(json!({"type": "open_caucus", "seats": [zhao]})).await;
    for socket in [&mut room.zhao, &mut room.qian] {
        read_up(socket).await;
    }
    room.ring("counsellor", "老人情绪激动").await;
    room.rings_at("叶清").await;
    let (ye, ringing) = room.at_desk("counsellor").await;
    let call = ringing.unwrap()["id"].as_str().unwrap().to_owned();
    let page = ye.get(&format!("/calls/{call}/summary")).await.ok();
    assert_eq!(
        (&page["case"]["people"][0]["name"], &page["case"]["requests"]),
        (&json!("赵**"), &json!(null))
    );
    assert!(!page.to_string().contains("守田"));
    let (mut counsellor, seat) = room.comes(&ye, &call).await;
    room.zhao.command(json!({"type": "answer_guest", "seat": seat, "yes": true})).await;
    counsellor.view_where("in private", |v| v["private"] == true).await;
    // The other side was asked whether a guest may come, and learns neither where the guest is nor why.
    let view = room.qian.view_where("asked", |v| v["mine"]["guests"][0]["name"] == "叶清").await;
    assert!(!view.to_string().contains("情绪"));
    read_up(&mut room.qian).await;
    counsellor.command(json!({"type": "say", "text": "慢慢说，不急"})).await;
    room.qian.expect_nothing().await;

    let words = "对儿子搬走耿耿于怀，愿意回来谈";
    let path = format!("/calls/{call}/note");
    assert_eq!(ye.put_json(&path, &json!({"text": words})).await.ok()["in_file"], false);
    assert_eq!(ye.get(&path).await.ok()["text"], words);
    for socket in [&mut room.zhao, &mut room.qian, &mut room.lin] {
        socket.send(&json!({"type": "ping"})).await;
        socket.expect("pong").await;
    }

    // Everybody else gets the answer an absent one gets.
    for who in [
        "mediator",
        "mediator2",
        "mediator_dg",
        "clerk",
        "director",
        "director_county",
        "lawyer",
        "lawyer2",
        "liaison",
        "grid_worker",
        "incident_desk",
        "admin",
    ] {
        let person = room.app.staff(who).await;
        for (method, body) in [("GET", None), ("PUT", Some(json!({"text": "我也写一句"})))] {
            let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
            let there = person.send(method.clone(), &path, body.as_ref(), &[]).await;
            let absent = person.send(method, &format!("/calls/{NOTHING}/note"), body.as_ref(), &[]).await;
            assert!(there.status.is_client_error(), "{who}: {}", there.text());
            assert_eq!((there.status, there.text()), (absent.status, absent.text()), "{who}");
        }
    }
    let mediator = room.app.staff("mediator").await;
    for path in ["", "/timeline", "/expert-notes"] {
        let seen = mediator.get(&room.table.dispute.path(path)).await.ok();
        assert!(!seen.to_string().contains("耿耿于怀"), "{path}");
    }
    assert_eq!(calls(&mediator.get(&room.table.dispute.path("/expert-notes")).await.ok()).len(), 0);
    assert_eq!(ye.get(&path).await.ok()["text"], words, "and nobody changed it");
}

#[tokio::test]
async fn r30_a_lawyer_of_one_side_is_not_rung_as_an_adviser() {
    let mut room = together().await;
    let lin = room.app.staff("mediator").await;
    let id = room.app.staff("lawyer").await.get("/me").await.ok()["id"].clone();
    let seat = json!({"role": "lawyer", "side": "respondent", "name": "许明达", "staff_id": id});
    lin.post_json(&room.table.path("/seats"), &seat).await.ok();
    let duty = lin.get(&room.table.path("/duty")).await.ok();
    let xu = calls(&duty).iter().find(|row| row["name"] == "许明达").unwrap();
    assert_eq!(xu["conflict"], "on_a_side");
    room.ring("lawyer", "").await;
    room.rings_at("秦若溪").await;
    assert!(room.at_desk("lawyer").await.1.is_none());

    // 秦若溪 knows one of the parties: not rung for this case again, and nobody is left.
    let (qin, ringing) = room.at_desk("lawyer2").await;
    let call = ringing.unwrap()["id"].as_str().unwrap().to_owned();
    let decline = qin.post_json(&format!("/calls/{call}/decline"), &json!({"conflict": true})).await;
    assert_eq!(decline.status, 204);
    room.lin.view_where("nobody", |v| v["corridor"]["calls"][0]["unanswered"] == true).await;
    let duty = lin.get(&room.table.path("/duty")).await.ok();
    let qin = calls(&duty).iter().find(|row| row["name"] == "秦若溪").unwrap();
    assert_eq!(qin["conflict"], "declared");

    // And who has advised this case stands on no side of it.
    room.ring("liaison", "").await;
    room.rings_at("方志平").await;
    room.lin.command(json!({"type": "call_off", "call": 2})).await;
    let next = json!({"scheduled_at": room.app.state.clock.now() + TimeDelta::days(1)});
    let next = lin.post_json(&room.table.dispute.path("/sessions"), &next).await.ok();
    let other = json!({"role": "lawyer", "side": "neutral", "name": "许明达", "staff_id": id});
    let path = format!("/sessions/{}/seats", next["id"].as_str().unwrap());
    lin.post_json(&path, &other).await.refused(409, "conflict_of_interest");
    assert_eq!(lin.post_json(&path, &seat).await.status, 201, "the same side again is fine");
}

#[tokio::test]
async fn a_call_off_stops_the_ringing_and_the_desk_hears_of_it_at_once() {
    let mut room = together().await;
    let liaison = room.app.staff("liaison").await;
    let mut stream = Stream::open(&room.app, &liaison, "/calls/live").await;
    assert_eq!(calls(&stream.next().await).len(), 0);
    room.lin
        .command(json!({"type": "ring", "expert": "liaison", "department": "市场监管局", "question": "退卡"}))
        .await;
    assert_eq!(calls(&stream.next().await)[0]["question"], "退卡");
    room.rings_at("方志平").await;
    room.lin.command(json!({"type": "call_off", "call": 1})).await;
    assert_eq!(calls(&stream.next().await).len(), 0);
    // A department nobody is on duty for.
    room.lin
        .command(json!({"type": "ring", "expert": "liaison", "department": "农业农村局", "question": ""}))
        .await;
    room.lin.view_where("nobody", |v| v["corridor"]["calls"][1]["unanswered"] == true).await;
}

#[tokio::test]
async fn a_call_for_help_is_at_the_incident_desk_at_once_with_room_and_number_and_nothing_else() {
    let mut room = together().await;
    let desk = room.app.staff("incident_desk").await;
    let other = room.app.staff("incident_desk_dg").await;
    let mut stream = Stream::open(&room.app, &desk, "/duress/live").await;
    assert_eq!(calls(&stream.next().await).len(), 0);
    room.zhao.command(json!({"type": "distress"})).await;
    let list = stream.next().await;
    let alert = &calls(&list)[0];
    assert_eq!(
        (&alert["name"], &alert["room"], &alert["callback"]["phone"], &alert["place"]),
        (&json!("赵守田"), &json!("二号调解室"), &json!("00013800017"), &json!("joint"))
    );
    for content in ["排水", "钱永福", "neighbour", "墙皮", "applicant\",\"side", "case_id"] {
        assert!(!list.to_string().contains(content), "{content}: {list}");
    }
    room.qian.expect_nothing().await;
    assert_eq!(calls(&other.get("/duress").await.ok()).len(), 0, "another town's desk");

    let path = format!("/duress/{}/acts", alert["id"].as_str().unwrap());
    let act = |act: &str, words: &str| json!({"act": act, "words": words});
    for person in [&other, &room.app.staff("director").await] {
        let there = person.post_json(&path, &act("police", "")).await;
        let absent = person.post_json(&format!("/duress/{NOTHING}/acts"), &act("police", "")).await;
        assert!(there.status.is_client_error());
        assert_eq!((there.status, there.text()), (absent.status, absent.text()));
    }
    desk.post_json(&path, &act("host_decided", "不是我")).await.refused(422, "act_not_yours");
    desk.post_json(&path, &act("closed", " ")).await.refused(422, "nothing_said");
    desk.post_json(&path, &act("acknowledged", "")).await.ok();
    desk.post_json(&path, &act("acknowledged", "")).await.ok();
    let seat = room.table.seat("赵守田").to_owned();
    room.lin
        .view_where("the desk is there", |v| {
            let seats = v["area"]["seats"].as_array().unwrap();
            seats.iter().any(|s| s["id"] == *seat && s["private"]["desk_answered"].is_string())
        })
        .await;
    room.qian.expect_nothing().await;
    desk.post_json(&path, &act("called_back", "老伴接的，说血压高")).await.ok();
    room.lin.command(json!({"type": "distress_seen", "seat": seat})).await;
    let action = "已单独谈，社工陪同";
    room.lin.command(json!({"type": "close_distress", "seat": seat, "action": action})).await;
    desk.post_json(&path, &act("closed", "家属接走")).await.ok();
    desk.post_json(&path, &act("remark", "又想起一件")).await.refused(409, "duress_closed");

    let list = desk.get("/duress").await.ok();
    let log: Vec<&str> = list["items"][0]["log"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["act"].as_str().unwrap())
        .collect();
    assert_eq!(log, ["acknowledged", "called_back", "host_saw", "host_decided", "closed"]);
    let happened = room.table.dispute.happened().await;
    assert_eq!(happened.iter().filter(|kind| *kind == "duress_logged").count(), 3, "each once, on the chain");
    room.qian.expect_nothing().await;
}

/// A stream of server-sent events.
struct Stream {
    response: reqwest::Response,
    read: String,
}

impl Stream {
    async fn open(app: &TestApp, person: &Person, path: &str) -> Self {
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let url = format!("{}/api/v1{path}", app.url);
        let response = http.get(url).bearer_auth(person.token()).send().await.unwrap();
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { response, read: String::new() }
    }

    async fn next(&mut self) -> Value {
        loop {
            if let Some((event, rest)) = self.read.split_once("\n\n") {
                let (event, rest) = (event.to_owned(), rest.to_owned());
                self.read = rest;
                if let Some(data) = event.strip_prefix("data: ") {
                    return serde_json::from_str(data).unwrap();
                }
                continue;
            }
            let chunk = tokio::time::timeout(Duration::from_secs(10), self.response.chunk());
            let chunk = chunk.await.expect("an event").unwrap().expect("the stream goes on");
            self.read.push_str(core::str::from_utf8(&chunk).unwrap());
        }
    }
}
