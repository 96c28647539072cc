//! Signatures for the demo's sealed agreements: strokes that look written by hand, drawn from the name itself.

use domain::signature::{Drawing, Point, Stroke};
use sha2::{Digest, Sha256};

const BOX: (f64, f64) = (600.0, 240.0);
const STROKES: usize = 5;
const POINTS: u32 = 9;

/// A drawn name, the same for the same name.
pub(super) fn drawn(name: &str) -> Drawing {
    let count = name.chars().count().max(1);
    #[expect(clippy::cast_precision_loss, reason = "a name has a few characters")]
    let cell = (BOX.0 - 60.0) / count as f64;
    let mut strokes = Vec::new();
    let mut clock = 0.0;
    let mut left = 30.0;
    for character in name.chars() {
        let seed = Sha256::digest(character.to_string());
        for turn in seed.chunks_exact(6).take(STROKES) {
            strokes.push(stroke(turn, left, cell.min(150.0), &mut clock));
            clock += 90.0;
        }
        left += cell;
    }
    Drawing { width: BOX.0, height: BOX.1, strokes }
}

/// A bent line within a character's square, from six random bytes: where from, where to, how bent.
fn stroke(turn: &[u8], left: f64, size: f64, clock: &mut f64) -> Stroke {
    let at = |byte: u8| f64::from(byte) / 255.0 * size * 0.85;
    let top = (BOX.1 - size) / 2.0;
    let (x0, y0, x1, y1) = (at(turn[0]), at(turn[1]), at(turn[2]), at(turn[3]));
    let bend = (f64::from(turn[4]) - 127.0) / 255.0 * size * 0.5;
    let points = (0..=POINTS)
        .map(|step| {
            let t = f64::from(step) / f64::from(POINTS);
            *clock += 14.0;
            let swing = bend * (t * (1.0 - t) * 4.0);
            Point {
                x: left + x0 + (x1 - x0) * t + swing,
                y: top + y0 + (y1 - y0) * t + swing * 0.6,
                t: *clock,
            }
        })
        .collect();
    Stroke { points }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawn_name_is_one_the_rules_accept() {
        for name in ["孙有粮", "丁蔚", "云岭县第二人民医院"] {
            let Drawing { width, height, strokes } = drawn(name);
            assert!(Drawing::parse(width, height, strokes).is_ok(), "{name}");
        }
    }
}
