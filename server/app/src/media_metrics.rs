//! The media threads' counters on `/metrics`. They count by themselves, without locks; a scrape asks them once.

use media::{Latency, Stats};
use metrics::{counter, gauge};

/// Takes the counters over into the recorder, just before it is rendered.
pub fn record(stats: &Stats) {
    gauge!("onedoor_media_rooms").set(count(stats.rooms as u64));
    gauge!("onedoor_media_peers").set(count(stats.peers as u64));
    for (name, value) in [
        ("onedoor_media_datagrams_in_total", stats.datagrams_in),
        ("onedoor_media_datagrams_unknown_total", stats.datagrams_unknown),
        ("onedoor_media_datagrams_out_total", stats.datagrams_out),
        ("onedoor_media_datagrams_dropped_total", stats.datagrams_dropped),
        ("onedoor_media_packets_forwarded_total", stats.packets_forwarded),
        ("onedoor_media_bytes_forwarded_total", stats.bytes_forwarded),
        ("onedoor_media_keyframe_requests_total", stats.keyframe_requests),
        ("onedoor_media_offers_total", stats.offers),
        ("onedoor_media_faults_total", stats.faults),
    ] {
        counter!(name).absolute(value);
    }
    gauge!("onedoor_media_cpu_seconds").set(stats.cpu.as_secs_f64());
    percentiles("onedoor_media_forward_latency_microseconds", &stats.forwarding);
    percentiles("onedoor_media_offer_microseconds", &stats.offer_time);
}

/// Since the start of the process: the upper bound of the bucket that holds the percentile.
fn percentiles(name: &'static str, latency: &Latency) {
    for (quantile, share) in [("0.5", 0.5), ("0.99", 0.99)] {
        gauge!(name, "quantile" => quantile).set(count(latency.percentile_us(share)));
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a gauge is a float by its format; counts stay far below 2^52"
)]
fn count(value: u64) -> f64 {
    value as f64
}
