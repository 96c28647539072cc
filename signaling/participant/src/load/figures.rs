//! Figures from many tasks: latencies in a histogram, medians of small samples.

use std::sync::Mutex;
use std::time::Duration;

use hdrhistogram::Histogram;
use serde_json::{Value, json};

/// Durations recorded by many tasks, in microseconds up to one minute.
pub struct Latencies(Mutex<Histogram<u64>>);

impl Latencies {
    /// An empty record with three significant digits.
    pub fn new() -> anyhow::Result<Self> {
        Ok(Self(Mutex::new(Histogram::new_with_bounds(1, 60_000_000, 3)?)))
    }

    /// Adds one; times beyond a minute count as a minute.
    pub fn record(&self, time: Duration) {
        if let Ok(mut histogram) = self.0.lock() {
            histogram.saturating_record(u64::try_from(time.as_micros()).unwrap_or(u64::MAX).max(1));
        }
    }

    /// Forgets what was recorded so far: the warm-up is over.
    pub fn reset(&self) {
        if let Ok(mut histogram) = self.0.lock() {
            histogram.reset();
        }
    }

    /// Median, 99th percentile and largest, in microseconds.
    pub fn micros(&self) -> Value {
        let Ok(histogram) = self.0.lock() else { return Value::Null };
        json!({
            "count": histogram.len(),
            "p50_us": histogram.value_at_quantile(0.5),
            "p99_us": histogram.value_at_quantile(0.99),
            "max_us": histogram.max(),
        })
    }
}
