//! The media threads' figures on `/metrics`, in Prometheus' text form.
//!
//! The threads count by themselves, without locks; a scrape asks them once. What they count is written here rather than
//! through the process-wide recorder: histograms come ready-made, and nothing has to be kept twice.

use std::fmt::Write as _;

use media::{Latency, Stats};

/// Upper bounds of the histograms' buckets, in microseconds.
const BOUNDS_US: [u64; 22] = [
    25, 50, 75, 100, 150, 200, 300, 400, 500, 750, 1_000, 1_500, 2_000, 3_000, 5_000, 7_500, 10_000, 20_000,
    50_000, 100_000, 500_000, 1_000_000,
];

/// Everything the media threads tell, one metric after the other with its help text.
pub fn text(stats: &Stats) -> String {
    let mut page = Page::default();
    page.gauge("onedoor_media_rooms", "Rooms on the media threads.", stats.rooms as u64);
    page.gauge(
        "onedoor_media_peers",
        "Media connections: one for each seat that is connected.",
        stats.peers as u64,
    );
    page.counter("onedoor_media_datagrams_in_total", "Datagrams received.", stats.datagrams_in);
    page.counter(
        "onedoor_media_datagrams_unknown_total",
        "Datagrams of unknown origin, dropped unanswered.",
        stats.datagrams_unknown,
    );
    page.counter("onedoor_media_datagrams_out_total", "Datagrams handed to the kernel.", stats.datagrams_out);
    page.counter(
        "onedoor_media_datagrams_dropped_total",
        "Datagrams dropped because a send queue was full or the kernel refused them.",
        stats.datagrams_dropped,
    );
    page.counter(
        "onedoor_media_packets_forwarded_total",
        "Media packets handed to subscribers' transports.",
        stats.packets_forwarded,
    );
    page.counter(
        "onedoor_media_bytes_forwarded_total",
        "Payload bytes in forwarded packets.",
        stats.bytes_forwarded,
    );
    page.counter(
        "onedoor_media_packets_held_back_total",
        "Media packets not handed on because they were made before their pair was opened.",
        stats.packets_held_back,
    );
    workers(&mut page, stats);
    tcp(&mut page, stats);
    quality(&mut page, stats);
    page.counter(
        "onedoor_media_keyframe_requests_total",
        "Keyframes asked of publishers.",
        stats.keyframe_requests,
    );
    page.counter("onedoor_media_offers_total", "Offers answered.", stats.offers);
    page.counter("onedoor_media_faults_total", "Rooms closed because of a contained fault.", stats.faults);
    page.seconds(
        "onedoor_media_cpu_seconds_total",
        "CPU time of the media threads.",
        stats.cpu.as_secs_f64(),
    );
    page.histogram(
        "onedoor_media_forwarding_seconds",
        "From the arrival of a burst to the system call that sent its packets on.",
        &stats.forwarding,
    );
    page.histogram(
        "onedoor_media_offer_seconds",
        "How long an offer held its media thread.",
        &stats.offer_time,
    );
    page.0
}

/// How the threads share the work, and what waits for them.
fn workers(page: &mut Page, stats: &Stats) {
    let loads = &stats.workers;
    let busy: Vec<_> = loads.iter().map(|load| format!("{:.3}", f64::from(load.busy) / 1e3)).collect();
    page.each(
        "onedoor_media_worker_busy",
        "Share of a core a media thread has lately used.",
        "worker",
        &busy,
    );
    let peers: Vec<_> = loads.iter().map(|load| load.peers.to_string()).collect();
    page.each("onedoor_media_worker_peers", "Media connections on a media thread.", "worker", &peers);
    page.counter(
        "onedoor_media_datagrams_handed_over_total",
        "Datagrams that came to another media thread's socket and were handed over.",
        stats.datagrams_handed_over,
    );
    page.counter(
        "onedoor_media_handover_dropped_total",
        "Datagrams dropped because the media thread they were for lagged behind.",
        stats.handover_dropped,
    );
    page.gauge(
        "onedoor_media_commands_waiting",
        "Commands that wait for the media threads.",
        stats.commands_waiting as u64,
    );
    page.counter(
        "onedoor_media_commands_refused_total",
        "Commands refused because thousands waited.",
        stats.commands_refused,
    );
}

fn tcp(page: &mut Page, stats: &Stats) {
    page.gauge(
        "onedoor_media_tcp_connections",
        "Clients whose media comes over TCP: their networks let no UDP pass.",
        stats.tcp_connections as u64,
    );
    page.counter("onedoor_media_tcp_frames_out_total", "Datagrams sent over TCP.", stats.tcp_frames_out);
    page.counter(
        "onedoor_media_tcp_frames_dropped_total",
        "Datagrams dropped because a TCP connection did not drain.",
        stats.tcp_frames_dropped,
    );
}

/// What subscribers are given, and how their lines fare.
fn quality(page: &mut Page, stats: &Stats) {
    let now = &stats.adaptation;
    page.gauges(
        "onedoor_media_pictures",
        "Pictures subscribers are given now, by layer; paused ones wait for a better line.",
        "layer",
        &[("paused", now.paused), ("low", now.low), ("medium", now.medium), ("high", now.high)],
    );
    page.gauges(
        "onedoor_media_connections",
        "Connections by the quality their people are shown.",
        "quality",
        &[("lost", now.lost), ("poor", now.poor), ("good", now.good), ("excellent", now.excellent)],
    );
    page.gauge(
        "onedoor_media_short_lines",
        "Subscribers whose lines carry less than they ask for.",
        now.short_lines as u64,
    );
    page.gauge(
        "onedoor_media_estimated_lines",
        "Lines with a bandwidth estimate.",
        now.estimated_lines as u64,
    );
    page.gauge(
        "onedoor_media_estimated_bits_per_second",
        "Sum of the bandwidth estimates of all lines.",
        now.estimated_bits,
    );
    page.counter("onedoor_media_nacks_total", "Packets subscribers asked for again (NACK).", stats.nacks);
    page.head(
        "onedoor_media_reported_loss",
        "summary",
        "Share of packets lost on the way to subscribers, as their browsers report it: sum and number of reports.",
    );
    let _ = writeln!(
        page.0,
        "onedoor_media_reported_loss_sum {}\nonedoor_media_reported_loss_count {}",
        seconds(stats.loss_millionths),
        stats.loss_reports
    );
}

/// The text so far.
#[derive(Default)]
struct Page(String);

impl Page {
    fn head(&mut self, name: &str, kind: &str, help: &str) {
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn gauge(&mut self, name: &str, help: &str, value: u64) {
        self.head(name, "gauge", help);
        let _ = writeln!(self.0, "{name} {value}");
    }

    /// A gauge with one value for each of several alike, numbered from 0.
    fn each(&mut self, name: &str, help: &str, label: &str, values: &[String]) {
        self.head(name, "gauge", help);
        for (n, value) in values.iter().enumerate() {
            let _ = writeln!(self.0, "{name}{{{label}=\"{n}\"}} {value}");
        }
    }

    fn gauges(&mut self, name: &str, help: &str, label: &str, values: &[(&str, usize)]) {
        self.head(name, "gauge", help);
        for (which, value) in values {
            let _ = writeln!(self.0, "{name}{{{label}=\"{which}\"}} {value}");
        }
    }

    fn counter(&mut self, name: &str, help: &str, value: u64) {
        self.head(name, "counter", help);
        let _ = writeln!(self.0, "{name} {value}");
    }

    fn seconds(&mut self, name: &str, help: &str, value: f64) {
        self.head(name, "counter", help);
        let _ = writeln!(self.0, "{name} {value:.6}");
    }

    fn histogram(&mut self, name: &str, help: &str, latency: &Latency) {
        self.head(name, "histogram", help);
        for bound in BOUNDS_US {
            let le = seconds(bound);
            let _ = writeln!(self.0, "{name}_bucket{{le=\"{le}\"}} {}", latency.at_most(bound));
        }
        let _ = writeln!(
            self.0,
            "{name}_bucket{{le=\"+Inf\"}} {count}\n{name}_sum {sum}\n{name}_count {count}",
            count = latency.count(),
            sum = seconds(latency.sum_us())
        );
    }
}

/// Millionths of one.
#[expect(clippy::cast_precision_loss, reason = "microseconds of a process's life are far below 2^52")]
fn seconds(us: u64) -> f64 {
    us as f64 / 1e6
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use media::Stats;

    use super::text;

    #[test]
    fn a_page_has_help_and_rising_buckets() {
        let mut stats = Stats { rooms: 3, cpu: Duration::from_millis(1500), ..Stats::default() };
        stats.forwarding.record(Duration::from_micros(120), 5);
        stats.forwarding.record(Duration::from_millis(30), 1);
        let page = text(&stats);
        for line in [
            "# HELP onedoor_media_rooms Rooms on the media threads.",
            "onedoor_media_rooms 3",
            "onedoor_media_cpu_seconds_total 1.500000",
            "onedoor_media_forwarding_seconds_bucket{le=\"0.0001\"} 0",
            "onedoor_media_forwarding_seconds_bucket{le=\"0.00015\"} 5",
            "onedoor_media_forwarding_seconds_bucket{le=\"0.05\"} 6",
            "onedoor_media_forwarding_seconds_bucket{le=\"+Inf\"} 6",
            "onedoor_media_forwarding_seconds_sum 0.0306",
        ] {
            assert!(page.lines().any(|have| have == line), "{line}\n{page}");
        }
        let (names, helps) = (page.matches("# TYPE ").count(), page.matches("# HELP ").count());
        assert_eq!(names, helps, "every metric says what it is");
    }
}
