//! Signing (R17: ESL 13–14): the code that shows who holds the phone, the drawn name, and the evidence that is kept.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use crate::refusal::RefusalKind;
use crate::{AgreementId, Refusal, SeatId, SeatRole};

/// How long a code is good.
pub const CODE_LIFE: TimeDelta = TimeDelta::minutes(5);
/// Wrong answers a code survives.
pub const CODE_TRIES: i32 = 5;

/// A code of six digits, kept as a hash. It is bound to the seat and to the text it was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SigningCode {
    /// Whose.
    pub seat_id: SeatId,
    /// For which agreement.
    pub agreement_id: AgreementId,
    /// For which text.
    pub text_sha256: String,
    /// Lower-case hex.
    pub hash: String,
    /// Good until.
    pub expires_at: DateTime<Utc>,
    /// Wrong answers left.
    pub tries_left: i32,
}

impl SigningCode {
    /// A fresh code; `code` is its six digits, to be sent and forgotten.
    pub fn issue(
        agreement_id: AgreementId,
        seat_id: SeatId,
        text_sha256: &str,
        code: &str,
        now: DateTime<Utc>,
    ) -> Self {
        let hash = digest(agreement_id, seat_id, text_sha256, code);
        let text_sha256 = text_sha256.to_owned();
        Self { seat_id, agreement_id, text_sha256, hash, expires_at: now + CODE_LIFE, tries_left: CODE_TRIES }
    }

    /// Checks an answer. A wrong one costs a try: the caller keeps `self` even when this refuses.
    ///
    /// # Errors
    /// `code_expired`, `code_wrong` (with `tries_left`), `code_used_up` (429).
    pub fn check(&mut self, code: &str, text_sha256: &str, now: DateTime<Utc>) -> Result<(), Refusal> {
        if now >= self.expires_at || text_sha256 != self.text_sha256 {
            return Err(Refusal::conflict("code_expired"));
        }
        if self.tries_left <= 0 {
            return Err(Refusal::new(RefusalKind::TooMany, "code_used_up"));
        }
        if digest(self.agreement_id, self.seat_id, text_sha256, code.trim()) == self.hash {
            return Ok(());
        }
        self.tries_left -= 1;
        Err(Refusal::invalid("code_wrong").with("tries_left", self.tries_left))
    }
}

fn digest(agreement: AgreementId, seat: SeatId, text_sha256: &str, code: &str) -> String {
    hex::encode(Sha256::digest(format!("onedoor signing code 1 {agreement} {seat} {text_sha256} {code}")))
}

/// One stroke of a drawn name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Stroke {
    /// In order of drawing.
    pub points: Vec<Point>,
}

/// A point of a stroke: CSS pixels, and milliseconds since drawing began.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Point {
    /// From the left.
    pub x: f64,
    /// From the top.
    pub y: f64,
    /// Milliseconds.
    pub t: f64,
}

/// A drawn name: strokes in a box.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Drawing {
    /// Width of the box, CSS pixels.
    pub width: f64,
    /// Height of the box, CSS pixels.
    pub height: f64,
    /// The strokes.
    pub strokes: Vec<Stroke>,
}

impl Drawing {
    /// Accepts what can be a name: inside its box, neither a dot nor a flood.
    ///
    /// # Errors
    /// `signature_empty` or `signature_invalid`.
    pub fn parse(width: f64, height: f64, strokes: Vec<Stroke>) -> Result<Self, Refusal> {
        let invalid = || Refusal::invalid("signature_invalid");
        let fits = |v: f64, limit: f64| v.is_finite() && (-8.0..=limit + 8.0).contains(&v);
        let points: usize = strokes.iter().map(|s| s.points.len()).sum();
        if !(40.0..=8000.0).contains(&width)
            || !(40.0..=8000.0).contains(&height)
            || strokes.len() > 400
            || points > 20_000
        {
            return Err(invalid());
        }
        if strokes
            .iter()
            .flat_map(|s| &s.points)
            .any(|p| !fits(p.x, width) || !fits(p.y, height) || !p.t.is_finite() || p.t < 0.0)
        {
            return Err(invalid());
        }
        let length: f64 = strokes
            .iter()
            .flat_map(|s| s.points.windows(2))
            .map(|pair| (pair[1].x - pair[0].x).hypot(pair[1].y - pair[0].y))
            .sum();
        if length < width.min(height) * 0.15 {
            return Err(Refusal::invalid("signature_empty"));
        }
        Ok(Self { width, height, strokes })
    }
}

/// What is kept of a signature, beside who and when: enough to show later how it was given.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// The drawn name with its times.
    pub drawing: Drawing,
    /// The hash of the text that was on the screen.
    pub text_sha256: String,
    /// What the browser calls itself.
    pub device: String,
    /// The network address.
    pub address: String,
    /// Whether a code was sent and answered; without a way to send codes the mediator witnesses alone.
    pub code_answered: bool,
    /// Who drew it for the party, if it was not the party (R28, R29).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acting: Option<Acting>,
}

/// Who signed for a party.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acting {
    /// In which role.
    pub role: SeatRole,
    /// By which name.
    pub name: String,
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn now() -> DateTime<Utc> {
        "2026-11-23T08:00:00Z".parse().unwrap()
    }

    fn code() -> SigningCode {
        SigningCode::issue(AgreementId(Uuid::from_u128(1)), SeatId(Uuid::from_u128(2)), "aa", "204817", now())
    }

    #[test]
    fn r17_a_code_opens_for_its_seat_its_text_and_five_minutes() {
        assert_eq!(code().check(" 204817 ", "aa", now() + TimeDelta::seconds(299)), Ok(()));
        assert_eq!(code().check("204817", "aa", now() + CODE_LIFE).unwrap_err().code, "code_expired");
        assert_eq!(code().check("204817", "bb", now()).unwrap_err().code, "code_expired");
        assert!(!code().hash.contains("204817"));
    }

    #[test]
    fn r17_five_wrong_answers_use_a_code_up() {
        let mut code = code();
        for left in (0..CODE_TRIES).rev() {
            let refusal = code.check("000000", "aa", now()).unwrap_err();
            assert_eq!(
                (refusal.code, refusal.params["tries_left"].as_i64()),
                ("code_wrong", Some(i64::from(left)))
            );
        }
        assert_eq!(code.check("204817", "aa", now()).unwrap_err().code, "code_used_up");
    }

    #[test]
    fn r17_a_dot_is_no_name_and_a_flood_is_refused() {
        let stroke = |points: Vec<(f64, f64)>| Stroke {
            points: points.into_iter().map(|(x, y)| Point { x, y, t: 1.0 }).collect(),
        };
        let parse = |strokes| Drawing::parse(300.0, 150.0, strokes);
        assert!(parse(vec![stroke(vec![(10.0, 10.0), (90.0, 60.0)])]).is_ok());
        assert_eq!(parse(vec![stroke(vec![(10.0, 10.0)])]).unwrap_err().code, "signature_empty");
        assert_eq!(parse(vec![]).unwrap_err().code, "signature_empty");
        assert_eq!(
            parse(vec![stroke(vec![(10.0, 10.0), (9e9, 1.0)])]).unwrap_err().code,
            "signature_invalid"
        );
        assert_eq!(parse(vec![stroke(vec![(1.0, f64::NAN)])]).unwrap_err().code, "signature_invalid");
        assert_eq!(parse(vec![stroke(vec![(1.0, 1.0); 20_001])]).unwrap_err().code, "signature_invalid");
    }
}
