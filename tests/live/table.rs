//! A laid table: the real server, a case with its sitting, and a seat each for 林岚 (mediator), 赵守田 (applicant) and
//! 钱永福 (respondent). Names stand nowhere else, so that a leak is found by search.

use domain::case::{Case, CaseState, DisputeKind, Source};
use domain::{CaseId, Phase, Seat, SeatId, SessionId, Sitting};
use onedoor::AppState;
use onedoor::router::router;
use onedoor::serve::{Limits, serve};
use onedoor::tokens::SeatClaims;
use serde_json::{Value, json};
use tests::{LiveSocket, TestApp};
use tokio::net::TcpListener;

use crate::room;

/// Who may sit at the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    LinLan,
    Zhao,
    Qian,
}
pub use Who::{LinLan, Qian, Zhao};

/// The table.
pub struct Table {
    /// Keeps the directory and the first server.
    pub app: TestApp,
    /// The server that people speak to now; another than the app's after a restart.
    pub state: AppState,
    pub url: String,
    pub session: SessionId,
    pub case: CaseId,
    seats: Vec<SeatId>,
}

impl Table {
    /// Nobody is here yet.
    pub async fn laid() -> Self {
        Self::laid_in(TestApp::start().await).await
    }

    /// The same in this server.
    pub async fn laid_in(app: TestApp) -> Self {
        Self::with_seats(app, &[room::LIN, room::ZHAO, room::QIAN]).await
    }

    /// A seat for each of these, in their order.
    pub async fn with_seats(app: TestApp, people: &[room::Who]) -> Self {
        let state = app.state.clone();
        let (case, session, seats) = lay(&state, people).await;
        Self { url: app.url.clone(), app, state, session, case, seats }
    }

    /// Every seat, in the order they were laid.
    pub fn all_seats(&self) -> &[SeatId] {
        &self.seats
    }

    /// Everybody is here, the sitting is live, both sides are together; nobody has anything unread.
    pub async fn together() -> (Self, LiveSocket, LiveSocket, LiveSocket) {
        Self::together_in(TestApp::start().await).await
    }

    /// The same in this server.
    pub async fn together_in(app: TestApp) -> (Self, LiveSocket, LiveSocket, LiveSocket) {
        let table = Self::laid_in(app).await;
        let (mut lin, mut zhao, mut qian) = table.everybody().await;
        lin.begins().await;
        lin.command(table.admit(Zhao)).await;
        lin.command(table.admit(Qian)).await;
        for socket in [&mut lin, &mut zhao, &mut qian] {
            read_up(socket).await;
        }
        (table, lin, zhao, qian)
    }

    pub async fn everybody(&self) -> (LiveSocket, LiveSocket, LiveSocket) {
        (self.sit(LinLan).await.0, self.sit(Zhao).await.0, self.sit(Qian).await.0)
    }

    pub async fn sit(&self, who: Who) -> (LiveSocket, Value) {
        let mut socket = self.open(who).await;
        let snapshot = socket.hello(&self.token(who), None).await;
        (socket, snapshot)
    }

    /// A socket without a word.
    pub async fn open(&self, who: Who) -> LiveSocket {
        LiveSocket::open(name(who), &self.url, &self.session.to_string()).await
    }

    pub fn token(&self, who: Who) -> String {
        token(&self.state, self.case, self.session, self.seat(who))
    }

    pub fn seat(&self, who: Who) -> SeatId {
        self.seats[who as usize]
    }

    pub fn admit(&self, who: Who) -> Value {
        json!({"type": "admit", "seat": self.seat(who)})
    }

    pub fn caucus(&self, who: Who) -> Value {
        json!({"type": "open_caucus", "seats": [self.seat(who)]})
    }

    pub fn shift(&self, who: Who, area: &str) -> Value {
        json!({"type": "move", "seat": self.seat(who), "area": area})
    }

    /// The same server with other parts, on a port of its own.
    pub async fn serve_with(&mut self, state: AppState) {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        self.url = format!("http://{}", listener.local_addr().unwrap());
        let (limits, tasks) = (Limits::from(&state.config.http), state.tasks.clone());
        state.tasks.spawn("accept", serve(listener, router(state.clone()), None, limits, tasks));
        self.state = state;
    }

    /// The server stops, and starts again on the same data.
    pub async fn restart(&mut self) {
        self.app.restart().await;
        let governed = self.app.state.live.hub.resume().await.unwrap();
        assert!(governed > 0, "the rooms are governed before anybody can come");
        (self.state, self.url) = (self.app.state.clone(), self.app.url.clone());
    }

    /// The kinds of the case's timeline, which must be whole; without those of the opening, which every story begins with.
    pub async fn timeline(&self) -> Vec<String> {
        let opening = ["opening_item_done", "conflict_declared", "identity_checked"];
        self.whole_timeline().await.into_iter().filter(|kind| !opening.contains(&kind.as_str())).collect()
    }

    /// The kinds of the case's timeline, which must be whole.
    pub async fn whole_timeline(&self) -> Vec<String> {
        let tx = self.state.store.read().await.unwrap();
        let events = store::timeline::of_case(&tx, self.case).await.unwrap();
        domain::timeline::verify(self.case, &events, None).unwrap();
        events.into_iter().map(|event| event.kind).collect()
    }

    /// How far the case is.
    pub async fn case_state(&self) -> CaseState {
        let tx = self.state.store.read().await.unwrap();
        store::case::find(&tx, self.case).await.unwrap().unwrap().state
    }

    /// The sitting as the case file knows it.
    pub async fn sitting(&self) -> Sitting {
        let tx = self.state.store.read().await.unwrap();
        store::sitting::find(&tx, self.session).await.unwrap().unwrap()
    }
}

/// A seat token.
pub fn token(state: &AppState, case_id: CaseId, session_id: SessionId, seat_id: SeatId) -> String {
    let now = state.clock.now();
    state.tokens.seat(now, &SeatClaims { seat_id, session_id, case_id, issued_at: now }).unwrap().token
}

/// Reads whatever has come, and forgets it: from here on `expect_nothing` means nothing new.
pub async fn read_up(socket: &mut LiveSocket) {
    socket.send(&json!({"type": "ping"})).await;
    socket.expect("pong").await;
    socket.forget();
}

pub fn name(who: Who) -> &'static str {
    match who {
        LinLan => "林岚",
        Zhao => "赵守田",
        Qian => "钱永福",
    }
}

/// The names in an area, as a view shows them.
pub fn names(view: &Value) -> Vec<&str> {
    view["area"]["seats"].as_array().unwrap().iter().map(|seat| seat["name"].as_str().unwrap()).collect()
}

async fn lay(state: &AppState, people: &[room::Who]) -> (CaseId, SessionId, Vec<SeatId>) {
    let now = state.clock.now();
    let tx = state.store.begin().await.unwrap();
    let mediator = store::staff::credentials(&tx, "mediator").await.unwrap().unwrap().0;
    let organization = store::organization::find(&tx, mediator.organization_id).await.unwrap().unwrap();
    let (serial, register_no) = store::case::next_register_no(&tx, &organization, 2026).await.unwrap();
    let case = Case {
        id: state.ids.next(),
        organization_id: organization.id,
        register_no,
        number: None,
        title: "院坪垫高，雨水倒灌".into(),
        kind: DisputeKind::Neighbour,
        source: Source::GridReport,
        state: CaseState::Assigned,
        facts: String::new(),
        requests: String::new(),
        place: String::new(),
        requested_at: now,
        accepted_at: Some(now),
        due_at: None,
        suspended_at: None,
        effective_at: None,
        first_receiver: mediator.id,
        mediator: Some(mediator.id),
        updated_at: now,
    };
    store::case::insert(&tx, &case, 2026, serial).await.unwrap();
    let session = Sitting {
        id: state.ids.next(),
        case_id: case.id,
        scheduled_at: now,
        room: "调解室一".into(),
        phase: Phase::Scheduled,
        outcome: None,
        started_at: None,
        ended_at: None,
        checklist: true,
    };
    store::sitting::insert(&tx, &session, now).await.unwrap();
    let mut seats = Vec::new();
    for who in people {
        let seat = Seat {
            id: state.ids.next(),
            session_id: session.id,
            role: who.role,
            side: who.side,
            name: who.name.into(),
            party_id: None,
            staff_id: (who.name == room::LIN.name).then_some(mediator.id),
            bound_to: None,
            same_device: false,
            mandate: None,
        };
        store::seat::insert(&tx, &seat).await.unwrap();
        seats.push(seat.id);
    }
    tx.commit().await.unwrap();
    (case.id, session.id, seats)
}
