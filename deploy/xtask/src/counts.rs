//! Reads the closing lines of test runners, so that `cargo xtask test` ends with one count of everything.

use std::ops::AddAssign;

/// How many tests passed, failed and were skipped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub passed: u32,
    pub failed: u32,
    pub skipped: u32,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl Counts {
    /// cargo: `test result: ok. 12 passed; 0 failed; 1 ignored; …`, one line a binary.
    pub fn of_cargo(lines: &[String]) -> Self {
        let mut all = Self::default();
        for line in lines.iter().filter(|line| line.starts_with("test result:")) {
            all += Self {
                passed: number_before(line, "passed"),
                failed: number_before(line, "failed"),
                skipped: number_before(line, "ignored"),
            };
        }
        all
    }

    /// node's runner: `# pass 3`, `# fail 0`, `# skipped 0`, or the same behind `ℹ`.
    pub fn of_node(lines: &[String]) -> Self {
        let after = |word: &str| -> u32 {
            lines
                .iter()
                .rev()
                .find_map(|line| {
                    let line = line.trim_start_matches(['#', 'ℹ', ' ']);
                    line.strip_prefix(word)?.trim().parse().ok()
                })
                .unwrap_or(0)
        };
        Self { passed: after("pass "), failed: after("fail "), skipped: after("skipped ") }
    }

    /// vitest: `Tests  2 failed | 41 passed (43)`.
    pub fn of_vitest(lines: &[String]) -> Self {
        let mut all = Self::default();
        for line in lines {
            let line = plain(line);
            if line.trim_start().starts_with("Tests ") {
                all += Self {
                    passed: number_before(&line, "passed"),
                    failed: number_before(&line, "failed"),
                    skipped: number_before(&line, "skipped"),
                };
            }
        }
        all
    }
}

/// The whole number that stands before a word.
fn number_before(line: &str, word: &str) -> u32 {
    let words: Vec<&str> =
        line.split(|c: char| c.is_whitespace() || c == ';').filter(|w| !w.is_empty()).collect();
    words.windows(2).find(|pair| pair[1] == word).and_then(|pair| pair[0].parse().ok()).unwrap_or(0)
}

/// The line without terminal colours (ECMA-48 CSI sequences).
fn plain(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        if c == '\u{1b}' {
            for c in chars.by_ref() {
                if c.is_ascii_alphabetic() {
                    break;
                }
            }
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::Counts;

    fn lines(text: &str) -> Vec<String> {
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn cargo_lines_add_up() {
        let out = lines(
            "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s\nnoise\n\
             test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.00s",
        );
        assert_eq!(Counts::of_cargo(&out), Counts { passed: 15, failed: 2, skipped: 1 });
    }

    #[test]
    fn node_and_vitest_lines_are_read() {
        assert_eq!(
            Counts::of_node(&lines("ℹ tests 4\nℹ pass 3\nℹ fail 1\nℹ skipped 0")),
            Counts { passed: 3, failed: 1, skipped: 0 }
        );
        assert_eq!(
            Counts::of_vitest(&lines("\u{1b}[2m      Tests \u{1b}[22m 2 failed | 41 passed (43)")),
            Counts { passed: 41, failed: 2, skipped: 0 }
        );
    }
}
