//! What this process counts besides its media threads: names, help texts, and the answers of its HTTP side.
//!
//! Every name stands here once with its help text and is registered at the start, so that a board shows a zero and not
//! a gap before something happened for the first time.

use std::fmt::Write as _;
use std::time::Instant;

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use metrics::{Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge};

/// Counters with their help texts; those with labels appear with their first event.
const COUNTERS: &[(&str, &str, bool)] = &[
    ("onedoor_http_responses_total", "Answers of the HTTP side by class of their status.", true),
    ("onedoor_http_response_microseconds_total", "Time spent on answering requests.", false),
    ("onedoor_connections_refused_total", "Connections refused because too many were open.", false),
    ("onedoor_login_failures_total", "Logins with a wrong name or password.", false),
    ("onedoor_live_joins_total", "Seats that opened the live wire with a valid token.", false),
    (
        "onedoor_live_store_failures_total",
        "Moves of a sitting refused because they could not be stored.",
        false,
    ),
    ("onedoor_distress_calls_total", "Silent calls for help.", false),
    ("onedoor_expert_calls_total", "Calls of hosts for somebody on duty.", false),
    ("onedoor_expert_rings_total", "Times the switchboard went on: a desk rang, or nobody was left.", false),
    ("onedoor_desk_streams_total", "Streams of calls opened by desks.", false),
    ("onedoor_jobs_done_total", "Background jobs carried out, by kind.", true),
    ("onedoor_job_failures_total", "Attempts at background jobs that failed, by kind.", true),
    ("onedoor_recording_stops_total", "Recordings that stopped because of a fault or a full disk.", false),
    ("onedoor_recording_write_errors_total", "Writes of a recording that failed.", false),
    ("onedoor_recording_dropped_packets_total", "Packets a recorder could not take in time.", false),
    ("onedoor_faults_total", "Requests that ended in a fault of the server's.", false),
    ("onedoor_task_panics_total", "Tasks that panicked, by name.", true),
];

/// Classes of status codes.
const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];
/// Open `WebSockets` of the live wire.
const LIVE_SOCKETS: &str = "onedoor_live_sockets";

/// Registers every name with its help text. To be called once the recorder is installed.
pub fn describe() {
    for (name, help, labelled) in COUNTERS {
        describe_counter!(*name, *help);
        if !labelled {
            counter!(*name).increment(0);
        }
    }
    for class in CLASSES {
        counter!("onedoor_http_responses_total", "class" => class).increment(0);
    }
    describe_gauge!(LIVE_SOCKETS, Unit::Count, "Open WebSockets of the live wire.");
    gauge!(LIVE_SOCKETS).set(0.0);
    describe_histogram!("onedoor_page_seconds", Unit::Seconds, "Time to make the pages of a paper.");
}

/// Counts an answer and the time until its headers.
pub async fn answered(request: Request, next: Next) -> Response {
    let began = Instant::now();
    let response = next.run(request).await;
    let class = usize::from(response.status().as_u16() / 100).saturating_sub(1);
    counter!("onedoor_http_responses_total", "class" => CLASSES[class.min(4)]).increment(1);
    let time = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
    counter!("onedoor_http_response_microseconds_total").increment(time);
    response
}

/// Counts one open WebSocket of the live wire until it is dropped.
pub struct LiveSocket(());

impl LiveSocket {
    /// One more.
    pub fn open() -> Self {
        gauge!(LIVE_SOCKETS).increment(1.0);
        Self(())
    }
}

impl Drop for LiveSocket {
    fn drop(&mut self) {
        gauge!(LIVE_SOCKETS).decrement(1.0);
    }
}

/// CPU time and memory of the process under the names Prometheus' own clients use; empty where `/proc` is missing.
pub fn process() -> String {
    let mut text = String::new();
    let Ok(stat) = std::fs::read_to_string("/proc/self/stat") else { return text };
    let fields: Vec<&str> = stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace().collect();
    let number = |at: usize| fields.get(at).and_then(|field| field.parse::<u64>().ok()).unwrap_or(0);
    // Hundredths of a second; the file writes them in that unit on every architecture Linux knows (proc(5)).
    let ticks = number(11) + number(12);
    let _ = write!(
        text,
        "# HELP process_cpu_seconds_total User and system CPU time.\n# TYPE process_cpu_seconds_total counter\n\
         process_cpu_seconds_total {}.{:02}\n\
         # HELP process_resident_memory_bytes Resident memory.\n# TYPE process_resident_memory_bytes gauge\n\
         process_resident_memory_bytes {}\n",
        ticks / 100,
        ticks % 100,
        number(21) * 4096
    );
    text
}
