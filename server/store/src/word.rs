//! Enums in columns: kept as the same `snake_case` word that the API speaks, so that a row can be read by eye.

use serde::{Serialize, de::DeserializeOwned};

use crate::StoreError;

/// The word of an enum value without fields.
pub(crate) fn of<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        other => unreachable!("only enums without fields are kept as words, not {other:?}"),
    }
}

/// The enum value of a word.
pub(crate) fn parse<T: DeserializeOwned>(word: &str) -> Result<T, StoreError> {
    serde_json::from_value(serde_json::Value::String(word.to_owned()))
        .map_err(|_| StoreError::Unreadable { place: std::any::type_name::<T>(), value: word.to_owned() })
}

/// The same for a column that may be empty.
pub(crate) fn parse_opt<T: DeserializeOwned>(word: Option<&str>) -> Result<Option<T>, StoreError> {
    word.map(parse).transpose()
}
