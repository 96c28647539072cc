//! A sitting with any company: everybody by name, each with a socket of their own, on the real server.
//!
//! ```text
//!  let mut room = Room::together(&[LIN, ZHAO, QIAN]).await;      // live, all in the joint area, all read up
//!  room.does(LIN, room.caucus(&[ZHAO])).await;                   // a command and its `done`
//!  room.sees(ZHAO, "a private area", |v| v["private"] == true).await;
//!  room.told_only(&[LIN, ZHAO, QIAN]).await;                     // everybody else: expect_nothing()
//! ```
//! Names stand nowhere else, so that a leak is found by search.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use domain::{SeatId, SeatRole, Side};
use serde_json::{Value, json};
use session::Invited;
use tests::{LiveSocket, TestApp};

use crate::table::{Table, read_up};

/// Somebody of the company.
#[derive(Clone, Copy, Debug)]
pub struct Who {
    /// The name, which is the person in a story.
    pub name: &'static str,
    /// The role in the sitting.
    pub role: SeatRole,
    /// On whose side.
    pub side: Side,
    /// With whom an interpreter or a helper goes.
    pub with: Option<&'static str>,
}

/// Somebody else.
pub const fn who(name: &'static str, role: SeatRole, side: Side) -> Who {
    Who { name, role, side, with: None }
}

pub const LIN: Who = who("林岚", SeatRole::Mediator, Side::Neutral);
pub const HAN: Who = who("韩春生", SeatRole::CoMediator, Side::Neutral);
pub const SU: Who = who("苏禾", SeatRole::Clerk, Side::Neutral);
pub const ZHAO: Who = who("赵守田", SeatRole::Applicant, Side::Applicant);
pub const QIAN: Who = who("钱永福", SeatRole::Respondent, Side::Respondent);
pub const MA: Who = who("马立群", SeatRole::ThirdParty, Side::ThirdParty);
/// The lawyer of 钱永福.
pub const TANG: Who = who("唐立", SeatRole::Lawyer, Side::Respondent);
/// A neutral adviser, by invitation.
pub const XU: Who = who("许明达", SeatRole::Lawyer, Side::Neutral);
pub const YE: Who = who("叶清", SeatRole::Counsellor, Side::Neutral);
pub const GAO: Who = who("高见习", SeatRole::Observer, Side::Neutral);
/// Helps 赵守田 on the same device.
pub const TIAN: Who =
    Who { name: "田小满", role: SeatRole::Helper, side: Side::Applicant, with: Some("赵守田") };
/// Interprets for 钱永福.
pub const ZHUOMA: Who =
    Who { name: "卓玛", role: SeatRole::Interpreter, side: Side::Neutral, with: Some("钱永福") };

/// The sitting and everybody's sockets.
pub struct Room {
    /// The laid table under it: server, case, sitting.
    pub table: Table,
    seats: BTreeMap<&'static str, SeatId>,
    people: Vec<Who>,
    sockets: BTreeMap<&'static str, LiveSocket>,
}

impl Room {
    /// These have a seat; nobody is here yet.
    pub async fn laid(people: &[Who]) -> Self {
        Self::laid_in(TestApp::start().await, people).await
    }

    /// The same in this server.
    pub async fn laid_in(app: TestApp, people: &[Who]) -> Self {
        let table = Table::with_seats(app, people).await;
        let seats = people.iter().zip(table.all_seats()).map(|(who, seat)| (who.name, *seat)).collect();
        let room = Self { table, seats, people: people.to_vec(), sockets: BTreeMap::new() };
        for who in people.iter().filter(|who| who.with.is_some()) {
            room.enrol(*who).await;
        }
        room
    }

    /// Everybody is here and waits; the list before the start is done.
    pub async fn gathered(people: &[Who]) -> Self {
        Self::gathered_in(TestApp::start().await, people).await
    }

    /// The same in this server.
    pub async fn gathered_in(app: TestApp, people: &[Who]) -> Self {
        let mut room = Self::laid_in(app, people).await;
        for who in people {
            room.comes(*who).await;
        }
        room.opening().await;
        room.quiet().await;
        room
    }

    /// Everybody is here, the sitting is live, all are in the joint area and have read up.
    pub async fn together(people: &[Who]) -> Self {
        Self::together_in(TestApp::start().await, people).await
    }

    /// The same in this server.
    pub async fn together_in(app: TestApp, people: &[Who]) -> Self {
        let mut room = Self::gathered_in(app, people).await;
        room.does(LIN, json!({"type": "start"})).await;
        // Who goes with somebody comes in after them.
        for with in [false, true] {
            for who in people.iter().filter(|who| !who.role.hosts() && who.with.is_some() == with) {
                room.does(LIN, room.admit(*who)).await;
            }
        }
        room.quiet().await;
        room
    }

    /// What is compulsory before the start (R4, R8, R9) is done.
    async fn opening(&mut self) {
        for item in ["rights_told", "sham_warned", "address_confirmed"] {
            self.does(LIN, json!({"type": "tick_off", "item": item})).await;
        }
        self.does(LIN, json!({"type": "declare_conflict", "disclosed": null})).await;
        let acting =
            |who: &Who| who.role.is_party() || matches!(who.role, SeatRole::Agent | SeatRole::Guardian);
        for who in self.people.clone().into_iter().filter(acting) {
            self.does(LIN, self.identify(who, true)).await;
        }
    }

    /// Comes in by a socket; a second time it is a reload or another device. Gives the snapshot.
    pub async fn comes(&mut self, who: Who) -> Value {
        let mut socket = LiveSocket::open(who.name, &self.table.url, &self.table.session.to_string()).await;
        let snapshot = socket.hello(&self.token(who), None).await;
        self.sockets.insert(who.name, socket);
        snapshot
    }

    /// The socket breaks without a goodbye.
    pub fn is_cut(&mut self, who: Who) {
        self.sockets.remove(who.name).expect("is here").cut();
    }

    /// A seat token.
    pub fn token(&self, who: Who) -> String {
        crate::table::token(&self.table.state, self.table.case, self.table.session, self.seat(who))
    }

    /// The seat's id.
    pub fn seat(&self, who: Who) -> SeatId {
        self.seats[who.name]
    }

    /// The seat is in the roster as the case file has it, with whom it goes.
    pub async fn enrol(&self, who: Who) {
        let invited = Invited {
            seat: self.seat(who),
            role: who.role,
            side: who.side,
            name: who.name.into(),
            party: None,
            recording: None,
            bound_to: who.with.map(|name| self.seats[name]),
            same_device: false,
            asked_safety: false,
            minor: false,
            mandate: None,
        };
        self.table.state.live.hub.enrol(self.table.session, invited).await.unwrap();
    }

    /// The socket itself.
    pub fn socket(&mut self, who: Who) -> &mut LiveSocket {
        self.sockets.get_mut(who.name).unwrap_or_else(|| panic!("{} is not here", who.name))
    }

    /// Gives a command that must be carried out.
    pub async fn does(&mut self, who: Who, command: Value) {
        self.socket(who).command(command).await;
    }

    /// Gives a command that must be refused with this code.
    pub async fn is_refused(&mut self, who: Who, command: Value, code: &str) {
        self.socket(who).refused(command, code).await;
    }

    /// The next view for which this is true.
    pub async fn sees(&mut self, who: Who, what: &str, test: impl Fn(&Value) -> bool) -> Value {
        self.socket(who).view_where(what, test).await
    }

    /// Everybody reads up and forgets.
    pub async fn quiet(&mut self) {
        for socket in self.sockets.values_mut() {
            read_up(socket).await;
        }
    }

    /// Each of these was told something, and nobody else anything, by now. Afterwards all have read up.
    pub async fn told_only(&mut self, these: &[Who]) {
        for (name, socket) in &mut self.sockets {
            if these.iter().any(|who| who.name == *name) {
                read_up(socket).await;
            } else {
                socket.expect_nothing().await;
            }
        }
    }

    /// What this seat would be told of everything now, as text: a snapshot on a fresh socket, searched for words that
    /// may not stand there.
    pub async fn knows_nothing_of(&mut self, who: Who, words: &[&str]) {
        let text = self.comes(who).await.to_string();
        for word in words {
            assert!(!text.contains(word), "{} is told of {word}: {text}", who.name);
        }
    }

    /// The server's clock moves on.
    pub fn later(&self, by: TimeDelta) {
        self.table.app.clock.advance(by);
    }

    pub fn admit(&self, who: Who) -> Value {
        json!({"type": "admit", "seat": self.seat(who)})
    }

    pub fn caucus(&self, with: &[Who]) -> Value {
        json!({"type": "open_caucus", "seats": self.ids(with)})
    }

    pub fn shift(&self, who: Who, area: &str) -> Value {
        json!({"type": "move", "seat": self.seat(who), "area": area})
    }

    pub fn identify(&self, who: Who, matches: bool) -> Value {
        json!({"type": "identify", "seat": self.seat(who), "method": "document_on_camera", "matches": matches,
            "id_tail": "0017"})
    }

    /// A command about one seat and nothing else.
    pub fn of(&self, kind: &str, who: Who) -> Value {
        json!({"type": kind, "seat": self.seat(who)})
    }

    pub fn ids(&self, these: &[Who]) -> Vec<SeatId> {
        these.iter().map(|who| self.seat(*who)).collect()
    }
}

/// One seat in a view's own area.
pub fn in_area(view: &Value, who: Who) -> &Value {
    find(&view["area"]["seats"], who)
}

/// One seat in the host's corridor, wherever it is.
pub fn in_corridor(view: &Value, who: Who) -> &Value {
    let areas = view["corridor"]["areas"].as_array().expect("a host's view");
    areas.iter().map(|area| find(&area["seats"], who)).find(|seat| !seat.is_null()).unwrap_or(&Value::Null)
}

/// One seat, as hosts see it anywhere and others in their own area.
pub fn in_corridor_or_area(view: &Value, who: Who) -> &Value {
    if view["corridor"].is_null() { in_area(view, who) } else { in_corridor(view, who) }
}

fn find(seats: &Value, who: Who) -> &Value {
    seats.as_array().and_then(|seats| seats.iter().find(|s| s["name"] == who.name)).unwrap_or(&Value::Null)
}
