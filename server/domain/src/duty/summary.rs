//! The one page somebody who is rung reads before coming in: no more than their part needs (domain.md §4
//! “Visibility”; R7, R31; PIPL 6).

use serde::Serialize;
use utoipa::ToSchema;

use super::Expert;
use crate::{Case, DisputeKind, Party, Side};

/// What one kind of expert may know of a case beforehand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = CaseSummary)]
pub struct Summary {
    /// What kind of dispute.
    pub kind: DisputeKind,
    /// What the parties ask for. Not for a counsellor, a social worker or an interpreter, who come for the people.
    pub requests: Option<String>,
    /// Where it is about; for a department alone.
    pub place: Option<String>,
    /// The parties.
    pub people: Vec<Person>,
}

/// A party, as far as the reader may know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = SummaryPerson)]
pub struct Person {
    /// On which side.
    pub side: Side,
    /// The whole name for a lawyer, who has to look for conflicts (R30); the family name for everybody else.
    pub name: String,
    /// A company or another organisation.
    pub is_organization: bool,
}

impl Summary {
    /// What this expert may read of the case. Facts, numbers, phones and addresses are in none.
    pub fn of(expert: Expert, case: &Case, parties: &[Party]) -> Self {
        let named = expert == Expert::Lawyer;
        let asks = matches!(expert, Expert::Lawyer | Expert::Liaison);
        let people = parties.iter().map(|party| Person {
            side: party.side,
            name: if named { party.name.clone() } else { masked_name(&party.name, party.is_organization) },
            is_organization: party.is_organization,
        });
        let requests =
            asks.then(|| if named { case.requests.clone() } else { without_names(&case.requests, parties) });
        Self {
            kind: case.kind,
            requests,
            place: (expert == Expert::Liaison).then(|| case.place.clone()),
            people: people.collect(),
        }
    }
}

/// 赵守田 → 赵**; an organisation keeps its first two characters.
pub fn masked_name(name: &str, is_organization: bool) -> String {
    let keep = if is_organization { 2 } else { 1 };
    let covered = name.chars().count().saturating_sub(keep).min(4);
    name.chars().take(keep).chain(std::iter::repeat_n('*', covered)).collect()
}

/// The text with the parties' and their representatives' names covered.
fn without_names(text: &str, parties: &[Party]) -> String {
    let mut names: Vec<(&str, bool)> = parties.iter().map(|p| (p.name.as_str(), p.is_organization)).collect();
    names.extend(parties.iter().filter_map(|p| p.representative.as_deref()).map(|name| (name, false)));
    // The longest first: one name may be part of another.
    names.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
    names
        .into_iter()
        .filter(|(name, _)| !name.is_empty())
        .fold(text.to_owned(), |text, (name, organization)| {
            text.replace(name, &masked_name(name, organization))
        })
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use uuid::Uuid;

    use super::*;
    use crate::{CaseId, CaseState, OrganizationId, Particulars, PartyId, Source, StaffId};

    fn case() -> Case {
        let now = DateTime::from_timestamp(1_795_000_000, 0).unwrap();
        Case {
            id: CaseId(Uuid::from_u128(1)),
            organization_id: OrganizationId(Uuid::from_u128(1)),
            register_no: "r".into(),
            number: None,
            title: "赵守田与钱永福排水纠纷".into(),
            kind: DisputeKind::Neighbour,
            source: Source::GridReport,
            state: CaseState::Mediating,
            facts: "事实机密".into(),
            requests: "钱永福修排水沟，赔赵守田1800元".into(),
            place: "老槐村3组".into(),
            requested_at: now,
            accepted_at: None,
            due_at: None,
            suspended_at: None,
            effective_at: None,
            first_receiver: StaffId(Uuid::from_u128(1)),
            mediator: None,
            updated_at: now,
        }
    }

    fn party(name: &str, side: Side) -> Party {
        let phone = Some("00013800017".into());
        Party {
            id: PartyId(Uuid::from_u128(1)),
            case_id: CaseId(Uuid::from_u128(1)),
            position: 1,
            side,
            particulars: Particulars { name: name.into(), phone, ..Particulars::default() },
        }
    }

    #[test]
    fn r31_each_reads_no_more_than_their_part_needs() {
        let parties = [party("赵守田", Side::Applicant), party("钱永福", Side::Respondent)];
        let page = |expert| Summary::of(expert, &case(), &parties);
        let text = |expert| serde_json::to_string(&page(expert)).unwrap();

        let lawyer = page(Expert::Lawyer);
        assert_eq!(lawyer.people[0].name, "赵守田", "a lawyer must look for conflicts");
        assert_eq!(lawyer.requests.as_deref(), Some("钱永福修排水沟，赔赵守田1800元"));
        let liaison = page(Expert::Liaison);
        assert_eq!(liaison.requests.as_deref(), Some("钱**修排水沟，赔赵**1800元"));
        for expert in [Expert::Counsellor, Expert::SocialWorker, Expert::Interpreter] {
            let page = page(expert);
            assert_eq!((page.requests, page.place, page.people[0].name.as_str()), (None, None, "赵**"));
            assert!(!text(expert).contains("守田") && !text(expert).contains("1800"));
        }
        for expert in [Expert::Lawyer, Expert::Counsellor, Expert::Liaison, Expert::Interpreter] {
            assert!(!text(expert).contains("事实机密") && !text(expert).contains("0001380"), "{expert:?}");
        }
    }

    #[test]
    fn names_are_covered() {
        assert_eq!(masked_name("赵守田", false), "赵**");
        assert_eq!(masked_name("云岭宏筑劳务有限公司", true), "云岭****");
        assert_eq!(masked_name("", false), "");
    }
}
