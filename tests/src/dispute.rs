//! The quarrel about the water at 老槐村, told to the API up to the point where a story begins.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::{Person, TestApp};

/// A registered case and who handles it.
pub struct Dispute {
    /// 林岚, who registered and mediates it, signed in.
    pub mediator: Person,
    /// The case as it was answered.
    pub case: Value,
}

/// A sitting with a seat for 林岚, 赵守田 and 钱永福.
pub struct Table {
    /// The case behind it.
    pub dispute: Dispute,
    /// The sitting as it was answered.
    pub session: Value,
}

/// What 赵守田 tells at the desk.
pub fn application() -> Value {
    json!({
        "title": "赵守田与钱永福排水纠纷",
        "kind": "neighbour",
        "source": "grid_report",
        "facts": "2026年3月钱永福垫高院坪约30厘米，雨水倒灌，赵家东墙约12平方米墙皮脱落。",
        "requests": "修排水沟；赔墙面修补费。",
        "place": "石桥镇老槐村",
        "applicant": {"name": "赵守田", "phone": "000 1380 0017", "id_number": "990000195903070017", "address": "老槐村3组"},
        "respondents": [{"name": "钱永福", "phone": "00013800018", "age": 52}],
    })
}

impl Dispute {
    /// 林岚 registers the case.
    pub async fn register(app: &TestApp) -> Self {
        let mediator = app.staff("mediator").await;
        let case = mediator.post_json("/cases", &application()).await.ok();
        Self { mediator, case }
    }

    /// Both agree to mediation, 林岚 accepts.
    pub async fn accepted(app: &TestApp) -> Self {
        let mut dispute = Self::register(app).await;
        for party in 0..2 {
            dispute.says(party, "mediation", true).await;
        }
        dispute.case = dispute.mediator.post_json(&dispute.path("/accept"), &json!({})).await.ok();
        dispute
    }

    /// The case's id.
    pub fn id(&self) -> &str {
        self.case["id"].as_str().expect("an id")
    }

    /// `/cases/{id}` and what follows.
    pub fn path(&self, rest: &str) -> String {
        format!("/cases/{}{rest}", self.id())
    }

    /// 林岚 writes down the word of the party at this position.
    pub async fn says(&self, party: usize, question: &str, given: bool) -> Value {
        let party = self.case["parties"][party]["id"].as_str().expect("a party");
        let path = self.path(&format!("/parties/{party}/consents/{question}"));
        self.mediator.put_json(&path, &json!({"given": given})).await.ok()
    }

    /// The case as it stands now.
    pub async fn read(&self) -> Value {
        self.mediator.get(&self.path("")).await.ok()
    }

    /// The kinds of what happened, the first one first.
    pub async fn happened(&self) -> Vec<String> {
        let timeline = self.mediator.get(&self.path("/timeline")).await.ok();
        assert_eq!(timeline["intact"], true, "{timeline}");
        let items = timeline["items"].as_array().expect("items");
        items.iter().map(|item| item["kind"].as_str().expect("a kind").to_owned()).collect()
    }
}

impl Table {
    /// An accepted case with a sitting tomorrow.
    pub async fn set(app: &TestApp) -> Self {
        Self::at(app, app.state.clock.now() + TimeDelta::days(1)).await
    }

    /// An accepted case with a sitting at this time.
    pub async fn at(app: &TestApp, time: DateTime<Utc>) -> Self {
        let dispute = Dispute::accepted(app).await;
        let new = json!({"scheduled_at": time, "room": "二号调解室"});
        let session = dispute.mediator.post_json(&dispute.path("/sessions"), &new).await.ok();
        Self { dispute, session }
    }

    /// The sitting's id.
    pub fn id(&self) -> &str {
        self.session["id"].as_str().expect("an id")
    }

    /// `/sessions/{id}` and what follows.
    pub fn path(&self, rest: &str) -> String {
        format!("/sessions/{}{rest}", self.id())
    }

    /// The seat of a person, by name.
    pub fn seat(&self, name: &str) -> &str {
        let seats = self.session["seats"].as_array().expect("seats");
        let seat = seats.iter().find(|seat| seat["name"] == name);
        seat.and_then(|seat| seat["id"].as_str()).unwrap_or_else(|| panic!("{name} has a seat"))
    }

    /// 林岚 makes a link for a seat; gives its token.
    pub async fn link(&self, name: &str) -> String {
        let path = self.path(&format!("/seats/{}/link", self.seat(name)));
        let link = self.dispute.mediator.post_json(&path, &json!({})).await.ok();
        let url = link["join_url"].as_str().expect("an address");
        url.rsplit('/').next().expect("a token").to_owned()
    }

    /// A person opens a fresh link on a phone and comes in; gives the phone with its seat token, and the entry.
    pub async fn comes_in(&self, app: &TestApp, name: &str) -> (Person, Value) {
        let token = self.link(name).await;
        let phone = app.anybody(name);
        let entry = phone.post_json(&format!("/join/{token}"), &coming_in()).await.ok();
        let phone = phone.with_token(entry["access_token"].as_str().expect("a token"));
        (phone, entry)
    }

    /// 林岚 takes her seat; gives her browser with the seat token, and the entry.
    pub async fn host(&self) -> (Person, Value) {
        let entry = self.dispute.mediator.post_json(&self.path("/enter"), &json!({})).await.ok();
        let seat = self.dispute.mediator.clone().with_token(entry["access_token"].as_str().expect("a token"));
        (seat, entry)
    }
}

/// What people say at the door.
pub fn coming_in() -> Value {
    json!({
        "consents": {"online_procedure": true, "e_signature": true, "recording": false},
        "notice_version": domain::consent::NOTICE_VERSION,
        "others_in_room": "老伴在旁边",
    })
}
