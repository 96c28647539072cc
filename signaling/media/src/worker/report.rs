//! What a worker tells of itself.

use super::cpu;
use super::run::Worker;
use crate::stats::{Adaptation, Stats, WorkerLoad};

impl Worker {
    /// Its counters and its load.
    pub(super) fn report(&self) -> Stats {
        let (sent, dropped) = self.out.counts();
        let (handed_over, handover_dropped) = self.parcels.counts();
        let (commands_waiting, commands_refused) = self.mailbox.counts();
        let rooms = self.keys.len();
        let peers = self.rooms.iter().flatten().map(|(_, room)| room.peer_count()).sum();
        let (tcp_frames_out, tcp_frames_dropped) = self.out.streams.counts();
        Stats {
            rooms,
            peers,
            datagrams_out: sent,
            datagrams_dropped: dropped,
            datagrams_handed_over: handed_over,
            handover_dropped,
            commands_waiting,
            commands_refused,
            workers: vec![WorkerLoad { rooms, peers, busy: self.load.busy() }],
            tcp_connections: self.out.streams.len(),
            tcp_frames_out,
            tcp_frames_dropped,
            cpu: cpu::of_this_thread(),
            adaptation: self.adaptation(),
            ..self.stats.clone()
        }
    }

    fn adaptation(&self) -> Adaptation {
        let mut all = Adaptation::default();
        self.rooms.iter().flatten().for_each(|(_, room)| room.survey(&mut all));
        all
    }
}
