//! Sharing one subscriber's line among the pictures it asks for. Pure.
//!
//! Sound is served before this is asked: what is left is shared here. Everybody's smallest picture comes first, in
//! the order of their claims; then the screen and the speaker are made as large as asked, then the others, step by
//! step. What was given is kept as long as it fits; more is given only with a margin, so that an estimate that
//! trembles changes nothing.

use crate::Quality;

/// More is given when this much of its price is left, in quarters: 5 is a margin of a quarter.
const RISE_QUARTERS: u64 = 5;

/// Who is served first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// A shared screen or document: what everybody looks at.
    Screen,
    /// Who speaks, or spoke last.
    Speaker,
    /// Everybody else.
    Other,
}

/// One picture a subscriber asks for.
#[derive(Debug, Clone)]
pub(super) struct Claim {
    pub rank: Rank,
    pub asked: Quality,
    /// Bits a second of each layer that flows.
    pub rates: [Option<u64>; 3],
    /// The best layer granted now; none while paused.
    pub current: Option<Quality>,
}

impl Claim {
    /// What can be sent to it, smallest first: the layers that flow up to the asked one, else the lowest above. A layer
    /// that costs no less than a larger one is left out: nobody should be sent it.
    fn options(&self) -> Vec<(Quality, u64)> {
        let flowing =
            || Quality::ALL.into_iter().zip(self.rates).filter_map(|(layer, rate)| Some((layer, rate?)));
        let mut up_to: Vec<_> = flowing().filter(|(layer, _)| *layer <= self.asked).collect();
        let all = up_to.clone();
        up_to.retain(|(layer, rate)| !all.iter().any(|(larger, other)| larger > layer && other <= rate));
        if up_to.is_empty() { flowing().take(1).collect() } else { up_to }
    }

    /// Bits a second of the best that can be sent to it.
    pub(super) fn best(&self) -> u64 {
        self.options().last().map_or(0, |(_, rate)| *rate)
    }
}

/// Shares `capacity` bits a second among claims, which stand in the order in which equals are served. Gives for each
/// the layer to send, or none for a pause. Without a capacity everybody gets what was asked. `may_rise`: whether
/// anybody may be given more than now.
pub(super) fn share(capacity: Option<u64>, may_rise: bool, claims: &[Claim]) -> Vec<Option<Quality>> {
    let Some(mut left) = capacity else {
        return claims.iter().map(|claim| Some(claim.asked)).collect();
    };
    let options: Vec<_> = claims.iter().map(Claim::options).collect();
    let mut order: Vec<usize> = (0..claims.len()).collect();
    order.sort_by_key(|&at| claims[at].rank);
    let mut given: Vec<Option<usize>> = vec![None; claims.len()];
    let mut step = |given: &mut Vec<Option<usize>>, at: usize| -> bool {
        let next = given[at].map_or(0, |step| step + 1);
        let Some(&(layer, price)) = options[at].get(next) else { return false };
        let paid = given[at].map_or(0, |step| options[at][step].1);
        let more = price.saturating_sub(paid);
        let rises = claims[at].current.is_none_or(|current| layer > current);
        let needed = if rises { more.saturating_mul(RISE_QUARTERS) / 4 } else { more };
        if (rises && !may_rise) || needed > left {
            return false;
        }
        left -= more;
        given[at] = Some(next);
        true
    };
    for &at in &order {
        step(&mut given, at);
    }
    for &at in order.iter().filter(|&&at| claims[at].rank < Rank::Other) {
        while given[at].is_some() && step(&mut given, at) {}
    }
    loop {
        let mut any = false;
        for &at in &order {
            any |= given[at].is_some() && step(&mut given, at);
        }
        if !any {
            break;
        }
    }
    given
        .iter()
        .zip(&options)
        .zip(claims)
        .map(|((given, options), claim)| {
            // Nothing flows: there is nothing to pause.
            if options.is_empty() { Some(claim.asked) } else { given.map(|step| options[step].0) }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LOW: Option<Quality> = Some(Quality::Low);
    const MEDIUM: Option<Quality> = Some(Quality::Medium);
    const HIGH: Option<Quality> = Some(Quality::High);

    fn camera(rank: Rank, current: Option<Quality>) -> Claim {
        Claim { rank, asked: Quality::High, rates: [Some(150_000), Some(500_000), Some(1_500_000)], current }
    }

    fn price(claim: &Claim, given: Option<Quality>) -> u64 {
        given.and_then(|layer| claim.rates[layer as usize]).unwrap_or(0)
    }

    #[test]
    fn the_speaker_stays_sharp_while_the_others_shrink() {
        let claims = [camera(Rank::Other, HIGH), camera(Rank::Speaker, HIGH), camera(Rank::Other, HIGH)];
        assert_eq!(share(None, true, &claims), [HIGH, HIGH, HIGH]);
        assert_eq!(share(Some(5_000_000), true, &claims), [HIGH, HIGH, HIGH]);
        assert_eq!(share(Some(2_200_000), true, &claims), [MEDIUM, HIGH, LOW]);
        assert_eq!(share(Some(900_000), true, &claims), [LOW, MEDIUM, LOW]);
        assert_eq!(share(Some(200_000), true, &claims), [None, LOW, None]);
        assert_eq!(share(Some(100_000), true, &claims), [None, None, None]);
    }

    #[test]
    fn a_shared_document_is_served_before_faces() {
        let claims = [camera(Rank::Speaker, HIGH), camera(Rank::Screen, HIGH)];
        assert_eq!(share(Some(1_700_000), true, &claims), [LOW, HIGH]);
    }

    #[test]
    fn a_trembling_estimate_changes_nothing() {
        let claim = |current| [camera(Rank::Other, current)];
        assert_eq!(share(Some(560_000), true, &claim(MEDIUM)), [MEDIUM], "kept while it fits");
        assert_eq!(share(Some(560_000), true, &claim(LOW)), [LOW], "not given without a margin");
        assert_eq!(share(Some(700_000), true, &claim(LOW)), [MEDIUM]);
        assert_eq!(share(Some(700_000), false, &claim(LOW)), [LOW], "it is too early to rise");
        assert_eq!(share(Some(400_000), false, &claim(MEDIUM)), [LOW], "but down at once");
        assert_eq!(share(Some(160_000), true, &claim(None)), [None]);
        assert_eq!(share(Some(190_000), true, &claim(None)), [LOW]);
    }

    #[test]
    fn a_picture_of_one_layer_flows_whole_or_not_at_all() {
        let mut one = camera(Rank::Other, HIGH);
        one.rates = [None, None, Some(900_000)];
        one.asked = Quality::Low;
        assert_eq!(share(Some(1_000_000), true, std::slice::from_ref(&one)), [HIGH]);
        assert_eq!(share(Some(800_000), true, &[one]), [None]);
        let nothing_flows = Claim { rates: [None; 3], ..camera(Rank::Other, LOW) };
        assert_eq!(share(Some(0), true, &[nothing_flows]), [HIGH], "there is nothing to pause");
    }

    prop_compose! {
        fn claims()(claims in prop::collection::vec(
            (0..3_u8, 0..3_usize, [0..4_u64, 0..8_u64, 0..20_u64], 0..4_usize), 0..12)) -> Vec<Claim> {
            let grants = [None, LOW, MEDIUM, HIGH];
            claims.into_iter().map(|(rank, asked, rates, current)| Claim {
                rank: [Rank::Screen, Rank::Speaker, Rank::Other][usize::from(rank)],
                asked: Quality::ALL[asked],
                rates: rates.map(|rate| (rate > 0).then_some(rate * 100_000)),
                current: grants[current],
            }).collect()
        }
    }

    proptest! {
        #[test]
        fn never_more_than_the_line_carries(claims in claims(), capacity in 0..6_000_000_u64, may_rise: bool) {
            let given = share(Some(capacity), may_rise, &claims);
            let sum: u64 = claims.iter().zip(&given).map(|(claim, given)| price(claim, *given)).sum();
            prop_assert!(sum <= capacity, "{sum} of {capacity}");
        }

        #[test]
        fn asking_again_changes_nothing_downward(claims in claims(), capacity in 0..6_000_000_u64) {
            let given = share(Some(capacity), true, &claims);
            let again: Vec<Claim> = claims.iter().zip(&given)
                .map(|(claim, given)| Claim { current: *given, ..claim.clone() }).collect();
            let second = share(Some(capacity), true, &again);
            for ((claim, first), second) in claims.iter().zip(&given).zip(&second) {
                prop_assert!(first <= second, "{claim:?}: {first:?} then {second:?}");
            }
        }

        #[test]
        fn nobody_gets_more_than_asked_while_something_smaller_flows(claims in claims(), capacity in 0..6_000_000_u64) {
            for (claim, given) in claims.iter().zip(share(Some(capacity), true, &claims)) {
                if claim.rates[..=claim.asked as usize].iter().any(Option::is_some) {
                    prop_assert!(given <= Some(claim.asked));
                }
            }
        }

        #[test]
        fn the_first_in_rank_is_paused_only_when_its_smallest_picture_does_not_fit(
            claims in claims(), capacity in 0..6_000_000_u64,
        ) {
            let given = share(Some(capacity), true, &claims);
            let Some(first) = (0..claims.len()).min_by_key(|&at| claims[at].rank) else { return Ok(()) };
            if given[first].is_none() {
                let smallest = claims[first].options()[0].1;
                prop_assert!(smallest * RISE_QUARTERS / 4 > capacity, "{smallest} of {capacity}");
            }
        }

        #[test]
        fn nobody_rises_when_it_is_too_early(claims in claims(), capacity in 0..6_000_000_u64) {
            for (claim, given) in claims.iter().zip(share(Some(capacity), false, &claims)) {
                if !claim.options().is_empty() {
                    prop_assert!(given <= claim.current);
                }
            }
        }
    }
}
