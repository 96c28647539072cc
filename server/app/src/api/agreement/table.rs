//! Sitting down at the table: who calls, on which case, and what that caller may do with its agreement.

use domain::access::{Action, Actor};
use domain::agreement::{Agreement, ESign, Participant, Roster};
use domain::deadline::local;
use domain::timeline::Draft;
use domain::{Case, Party, PartyId, Power, Refusal, Seat, SeatId, SeatRole, SessionId};
use serde_json::Value;
use store::Tx;

use super::view::AgreementView;
use crate::api::guard;
use crate::caller::Caller;
use crate::problem::{Answer, Problem};
use crate::state::AppState;

/// One call at the table: a transaction with everything that hangs on it.
pub(super) struct Table<'a> {
    app: &'a AppState,
    pub(super) tx: Tx,
    pub(super) case: Case,
    pub(super) parties: Vec<Party>,
    pub(super) roster: Roster,
    pub(super) seat: Option<Seat>,
    session: SessionId,
}

impl<'a> Table<'a> {
    /// To read.
    pub(super) async fn to_read(app: &'a AppState, caller: &Caller, session: SessionId) -> Answer<Self> {
        let tx = app.store.read().await?;
        Self::sit(app, tx, caller, session, Action::ReadAgreement).await
    }

    /// To change something; `action` must be allowed.
    pub(super) async fn to(
        app: &'a AppState,
        caller: &Caller,
        session: SessionId,
        action: Action,
    ) -> Answer<Self> {
        let tx = app.store.begin().await?;
        Self::sit(app, tx, caller, session, action).await
    }

    async fn sit(
        app: &'a AppState,
        tx: Tx,
        caller: &Caller,
        session: SessionId,
        action: Action,
    ) -> Answer<Self> {
        let (seat, case_id) = match caller {
            Caller::Seat(caller) => (Some(guard::seat(&tx, caller, session, action).await?), caller.case_id),
            Caller::Staff(staff) => (None, guard::sitting(&tx, staff, session, action).await?.1.id),
        };
        let case = store::case::find(&tx, case_id).await?.ok_or_else(Problem::not_found)?;
        let seats = store::seat::of_session(&tx, session).await?;
        let parties = store::party::of_case(&tx, case.id).await?;
        let roster = roster(&parties, &seats);
        Ok(Self { app, tx, case, parties, roster, seat, session })
    }

    /// Whether the caller's seat may also do this.
    pub(super) fn may(&self, action: Action) -> bool {
        self.seat.as_ref().is_some_and(|seat| Actor::own_seat(seat.role).may(action))
    }

    /// The agreement, to be read.
    pub(super) async fn agreement(&self) -> Answer<Option<Agreement>> {
        Ok(store::agreement::of_case(&self.tx, self.case.id).await?)
    }

    /// The agreement, locked for this transaction; made empty if there is none yet.
    pub(super) async fn locked(&self) -> Answer<Agreement> {
        if let Some(found) = store::agreement::lock_of_case(&self.tx, self.case.id).await? {
            return Ok(found);
        }
        let esign = if self.case.kind.bars_e_signature() { ESign::PaperOnly } else { ESign::Allowed };
        let empty = Agreement::new(self.app.ids.next(), self.case.id, self.session, esign);
        store::agreement::insert(&self.tx, &empty).await?;
        store::agreement::lock_of_case(&self.tx, self.case.id).await?.ok_or_else(Problem::not_found)
    }

    /// For which party the caller does what needs this power: a party for itself, unless it is a minor (R29); an
    /// agent, guardian or lawyer as far as its mandate names it (R28).
    pub(super) fn party_with(&self, power: Power) -> Answer<PartyId> {
        let seat = self.seat()?;
        let now = self.app.clock.now();
        if let Some(party) = seat.party_id {
            let today = local(now).date_naive();
            let minor = self.parties.iter().any(|p| p.id == party && p.needs_guardian(today));
            return if minor { Err(Refusal::forbidden("guardian_acts").into()) } else { Ok(party) };
        }
        let Some(mandate) = &seat.mandate else { return Err(Refusal::forbidden("not_a_party").into()) };
        mandate.demand(power, now)?;
        Ok(mandate.party_id)
    }

    /// Whose line of the agreement the caller signs: the party and its place in the list; a mediator the own one.
    pub(super) fn signs(&self, agreement: &Agreement) -> Answer<(Option<PartyId>, SeatId)> {
        let seat = self.seat()?;
        if seat.role.hosts() {
            return Ok((None, seat.id));
        }
        let party = self.party_with(Power::Sign)?;
        let line = agreement.required.iter().find(|line| line.party_id == Some(party));
        Ok((Some(party), line.and_then(|line| line.seat_id).unwrap_or(seat.id)))
    }

    /// The caller's seat.
    pub(super) fn seat(&self) -> Answer<&Seat> {
        self.seat.as_ref().ok_or_else(|| Refusal::forbidden("not_allowed").into())
    }

    /// Puts an event on the case's timeline, in the caller's name.
    pub(super) async fn note(&self, kind: &str, summary: String, data: Value) -> Answer<()> {
        let actor =
            self.seat.as_ref().map_or_else(|| "staff".to_owned(), |s| format!("{} {}", word(s.role), s.name));
        let draft = Draft { actor, kind: kind.to_owned(), summary, data };
        store::timeline::append(&self.tx, self.case.id, draft, self.app.clock.now()).await?;
        Ok(())
    }

    /// Writes the agreement, commits, and tells everyone at the table.
    pub(super) async fn commit(self, agreement: &Agreement) -> Answer<AgreementView> {
        store::agreement::save(&self.tx, agreement).await?;
        let view = self.view(agreement);
        self.tx.commit().await?;
        super::announce::push(self.app, self.session, &view).await?;
        Ok(view)
    }

    /// As the contract shows it.
    pub(super) fn view(&self, agreement: &Agreement) -> AgreementView {
        AgreementView::new(agreement, &self.roster, self.app.config.sends_codes())
    }
}

/// Every party of the case with its seat at this table, and the mediator who leads.
pub(crate) fn roster(parties: &[Party], seats: &[Seat]) -> Roster {
    let seat_of =
        |party: PartyId| seats.iter().find(|s| s.party_id == Some(party) && s.role.is_party()).map(|s| s.id);
    let leads =
        seats.iter().find(|s| s.role == SeatRole::Mediator).or_else(|| seats.iter().find(|s| s.role.hosts()));
    Roster {
        parties: parties
            .iter()
            .map(|p| Participant {
                party_id: p.id,
                side: p.side,
                name: p.name.clone(),
                seat_id: seat_of(p.id),
            })
            .collect(),
        mediator: leads.map_or((SeatId(uuid::Uuid::nil()), String::new()), |s| (s.id, s.name.clone())),
    }
}

/// The `snake_case` word of a role, as the timeline names people.
fn word(role: SeatRole) -> String {
    serde_json::to_value(role).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}
