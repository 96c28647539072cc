//! What people write: trimmed, not too long, readable.

use domain::Refusal;

/// Free text of a person.
pub(crate) fn words(text: &str, limit: usize) -> Result<String, Refusal> {
    let text = text.trim();
    if text.chars().count() > limit {
        return Err(Refusal::invalid("note_too_long").with("limit", limit));
    }
    // Line breaks and tabs are fine; other control characters only confuse who reads it.
    if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
        return Err(Refusal::invalid("note_unreadable"));
    }
    Ok(text.to_owned())
}

/// Free text that must say something.
pub(crate) fn some_words(text: &str, limit: usize) -> Result<String, Refusal> {
    let text = words(text, limit)?;
    if text.is_empty() { Err(Refusal::invalid("nothing_said")) } else { Ok(text) }
}
