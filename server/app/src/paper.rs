//! From the case file to the paper: which facts are printed where.

use chrono::{DateTime, Utc};
use documents::{AgreementPaper, Execution, Ink, PaperParty, Signed, beijing};
use domain::agreement::{Agreement, ESign, Signatory};
use domain::{Case, Organization, Party, SeatRole, Side};

/// The text of an agreement as it stands, under this number.
pub(crate) fn agreement_paper(
    case: &Case,
    organization: &Organization,
    parties: &[Party],
    agreement: &Agreement,
    number: &str,
    now: DateTime<Utc>,
) -> AgreementPaper {
    let today = beijing(now).date();
    AgreementPaper {
        organization: organization.name.clone(),
        number: number.to_owned(),
        parties: parties.iter().map(|party| paper_party(party, today)).collect(),
        facts: case.facts.clone(),
        dispute: case.requests.clone(),
        responsibility: "各方当事人应承担的责任，由各方协商一致，按下列协议条款确定。".to_owned(),
        clauses: agreement.clauses.iter().map(|clause| clause.text.clone()).collect(),
        performance: "按上列各条约定的方式、地点和期限履行。".to_owned(),
        copies: u32::try_from(parties.len()).unwrap_or(u32::MAX).saturating_add(1),
        paper_only: agreement.esign == ESign::PaperOnly,
        date: today,
    }
}

fn paper_party(party: &Party, today: chrono::NaiveDate) -> PaperParty {
    PaperParty {
        label: side(party.side).to_owned(),
        name: party.name.clone(),
        age: party.age_on(today),
        id_masked: party.id_masked(),
        address: party.address.clone(),
        phone_masked: party.phone_masked(),
        is_organization: party.is_organization,
        representative: party.representative.clone(),
    }
}

/// The signature blocks, filled as far as signatures were given.
pub(crate) fn carried_out(agreement: &Agreement) -> Execution {
    Execution { signatories: agreement.required.iter().map(block).collect(), ..Execution::default() }
}

/// The signature blocks, empty: what is read before signing.
pub(crate) fn unsigned(agreement: &Agreement) -> Execution {
    let mut execution = carried_out(agreement);
    for block in &mut execution.signatories {
        (block.ink, block.signed_at) = (None, None);
    }
    execution
}

fn block(signatory: &Signatory) -> Signed {
    let drawing = signatory.signed.as_ref().map(|signed| &signed.evidence.drawing);
    Signed {
        label: role(signatory.role).to_owned(),
        name: signed_name(signatory),
        ink: drawing.map(|drawing| Ink {
            width: drawing.width,
            height: drawing.height,
            strokes: drawing.strokes.iter().map(|s| s.points.iter().map(|p| (p.x, p.y)).collect()).collect(),
        }),
        signed_at: signatory.signed.as_ref().map(|signed| signed.at),
    }
}

/// As printed in the block: who signed for a party stands beside its name (R28, R29).
fn signed_name(signatory: &Signatory) -> String {
    match signatory.signed.as_ref().and_then(|signed| signed.evidence.acting.as_ref()) {
        Some(acting) => {
            let as_what = if acting.role == SeatRole::Lawyer { "委托代理人" } else { role(acting.role) };
            format!("{}（{as_what}{}代签）", signatory.name, acting.name)
        }
        None => signatory.name.clone(),
    }
}

fn side(side: Side) -> &'static str {
    role(side.seat_role())
}

fn role(role: SeatRole) -> &'static str {
    match role {
        SeatRole::Applicant => "申请人",
        SeatRole::Respondent => "被申请人",
        SeatRole::ThirdParty => "第三人",
        SeatRole::Agent => "委托代理人",
        SeatRole::Guardian => "法定代理人",
        _ => "人民调解员",
    }
}
