//! A test bed: one server, one fleet of peers, and rooms that are filled as a load needs them.

use std::path::Path;
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use futures_util::stream;
use tokio_util::task::TaskTracker;

use super::janus::Janus;
use super::lean::{Fleet, Pace, Window};
use super::onedoor;
use super::process::Usage;
use super::server::Server;

/// The people of each room.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// Who send sound and pictures, and see each other.
    pub publishers: u32,
    /// Who only listen and watch.
    pub subscribers: u32,
}

impl Shape {
    /// Two who talk in private.
    pub const PAIR: Self = Self { publishers: 2, subscribers: 0 };
    /// Two who speak and six who listen.
    pub const ROOM: Self = Self { publishers: 2, subscribers: 6 };

    /// People in a room.
    pub fn seats(self) -> u32 {
        self.publishers + self.subscribers
    }

    /// Packets forwarded in a room for each one that a publisher sends.
    fn audience(self) -> u32 {
        self.seats() - 1
    }

    /// Packets a second that a room makes the server forward.
    pub fn forwarded(self, pace: Pace) -> f64 {
        pace.packets() * f64::from(self.publishers * self.audience())
    }
}

/// Which server is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Ours.
    OneDoor,
    /// Debian's Janus.
    Janus,
}

impl Kind {
    /// As the tables name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::OneDoor => "onedoor",
            Self::Janus => "janus",
        }
    }
}

/// One seat of a room.
#[derive(Clone, Copy, Debug)]
pub struct Seat {
    /// The number of its connection.
    pub peer: u32,
    /// The part of the load it belongs to, from zero: sent and silenced as one.
    pub room: u32,
    /// The room it joins: its own part's, or one hall for all.
    pub hall: u32,
    /// In a hall with everybody: the only seat it hears.
    pub partner: Option<u32>,
    /// Which seat of the room.
    pub n: u32,
    /// Whether it sends.
    pub publishes: bool,
    /// How many others it hears and sees.
    pub hears: u32,
    /// How many should receive each packet it sends.
    pub audience: u32,
}

enum Target {
    OneDoor(Box<Server>),
    Janus(Box<Janus>),
}

/// A server with rooms in it.
pub struct Bed {
    target: Target,
    fleet: Fleet,
    shape: Shape,
    rooms: u32,
    one_hall: bool,
    tasks: TaskTracker,
}

/// Rooms that are filled at the same time.
const FILLING: usize = 4;

impl Bed {
    /// Starts the server, alone on its core.
    pub async fn start(kind: Kind, binary: &Path, shape: Shape) -> anyhow::Result<Self> {
        let tasks = TaskTracker::new();
        let target = match kind {
            Kind::OneDoor => Target::OneDoor(Box::new(Server::start(binary, true).await?)),
            Kind::Janus => Target::Janus(Box::new(Janus::start(&tasks).await?)),
        };
        Ok(Self { target, fleet: Fleet::start()?, shape, rooms: 0, one_hall: false, tasks })
    }

    /// All pairs are in one room, and each hears its partner only.
    #[must_use]
    pub fn in_one_hall(self) -> Self {
        Self { one_hall: true, ..self }
    }

    /// Fills rooms until there are `rooms`. Nobody sends yet.
    pub async fn fill(&mut self, rooms: u32) -> anyhow::Result<()> {
        let bed = &*self;
        let filling =
            stream::iter(self.rooms..rooms).map(|room| bed.fill_room(room)).buffer_unordered(FILLING);
        let outcomes: Vec<anyhow::Result<()>> = filling.collect().await;
        outcomes.into_iter().collect::<anyhow::Result<()>>()?;
        self.rooms = self.rooms.max(rooms);
        Ok(())
    }

    async fn fill_room(&self, room: u32) -> anyhow::Result<()> {
        let Shape { publishers, subscribers } = self.shape;
        // Numbers of connections: a publisher of Janus's has two.
        let first = room * (publishers * 2 + subscribers);
        let seat = |n: u32| Seat {
            peer: first + n,
            room,
            hall: if self.one_hall { 0 } else { room },
            partner: (self.one_hall && n < 2).then(|| first + 1 - n),
            n: if self.one_hall { first + n } else { n },
            publishes: n < publishers,
            hears: if n < publishers { publishers - 1 } else { publishers },
            audience: self.shape.audience(),
        };
        match &self.target {
            Target::OneDoor(server) => {
                for n in 0..self.shape.seats() {
                    onedoor::sit(&self.fleet, &server.url, seat(n), &self.tasks).await?;
                }
            }
            Target::Janus(janus) => {
                janus.open_room(room, publishers).await?;
                for n in 0..publishers {
                    janus.publish(&self.fleet, seat(n)).await?;
                }
                for n in 0..self.shape.seats() {
                    let hearing = Seat { peer: first + publishers + n, ..seat(n) };
                    janus.subscribe(&self.fleet, hearing, (n < publishers).then_some(n)).await?;
                }
            }
        }
        Ok(())
    }

    /// Lets the publishers of the first `rooms` rooms send, waits until everything arrives (or `patience` is over: a
    /// server that first feels its way to the bandwidth needs a while), then measures for `time`.
    pub async fn measure(
        &self,
        rooms: u32,
        pace: Pace,
        patience: Duration,
        time: Duration,
    ) -> anyhow::Result<Measured> {
        self.fleet.play(rooms, pace)?;
        let mut waited = Duration::ZERO;
        let step = Duration::from_millis(500);
        tokio::time::sleep(step).await;
        self.fleet.window().await?;
        while waited < patience {
            tokio::time::sleep(step).await;
            waited += step;
            if self.fleet.window().await?.shortfall() < 0.005 && waited >= step * 2 {
                break;
            }
        }
        let before = self.state().await?;
        self.fleet.window().await?;
        tokio::time::sleep(time).await;
        let window = self.fleet.window().await?;
        let after = self.state().await?;
        Ok(Measured { window, before, after })
    }

    /// `joins` people join eight to a room, all at the same moment; how long each took until media was connected.
    pub async fn storm(&self, joins: u32) -> anyhow::Result<Vec<Duration>> {
        let Target::OneDoor(server) = &self.target else { return Ok(Vec::new()) };
        let Shape { publishers, .. } = self.shape;
        let join = |peer: u32| async move {
            let (room, n) = (peer / self.shape.seats(), peer % self.shape.seats());
            let hears = if n < publishers { publishers - 1 } else { publishers };
            let seat = Seat {
                peer,
                room,
                hall: room,
                partner: None,
                n,
                publishes: n < publishers,
                hears,
                audience: 0,
            };
            let began = Instant::now();
            onedoor::sit(&self.fleet, &server.url, seat, &self.tasks).await.map(|()| began.elapsed())
        };
        futures_util::future::try_join_all((0..joins).map(join)).await
    }

    /// Everybody is silent.
    pub fn hush(&self) -> anyhow::Result<()> {
        self.fleet.play(0, Pace::PERSON)
    }

    /// What the server process has used so far.
    pub fn usage(&self) -> anyhow::Result<Usage> {
        match &self.target {
            Target::OneDoor(server) => server.usage(),
            Target::Janus(janus) => janus.usage(),
        }
    }

    async fn state(&self) -> anyhow::Result<State> {
        let media = match &self.target {
            Target::OneDoor(server) => Some(server.media().await?),
            Target::Janus(_) => None,
        };
        Ok(State { usage: self.usage()?, media })
    }
}

/// What the server's own books say at one moment.
#[derive(Clone, Debug)]
pub struct State {
    /// CPU and memory of the process.
    pub usage: Usage,
    /// The media threads' own figures, which only our server tells.
    pub media: Option<super::server::Media>,
}

/// One measurement.
pub struct Measured {
    /// What the client saw.
    pub window: Window,
    /// The server just before it.
    pub before: State,
    /// And just after.
    pub after: State,
}

impl Measured {
    /// CPU seconds of the whole process for a million packets that arrived.
    pub fn cpu_per_million(&self) -> f64 {
        (self.after.usage.cpu - self.before.usage.cpu) / self.millions()
    }

    /// The same of the media threads alone.
    pub fn media_cpu_per_million(&self) -> Option<f64> {
        let (before, after) = (self.before.media.as_ref()?, self.after.media.as_ref()?);
        Some((after.cpu - before.cpu) / self.millions())
    }

    /// Median and 99th percentile of forwarding as the server measures it, in microseconds.
    pub fn server_delays(&self) -> Option<(f64, f64)> {
        let (before, after) = (self.before.media.as_ref()?, self.after.media.as_ref()?);
        Some((after.delay_since(before, 0.5), after.delay_since(before, 0.99)))
    }

    fn millions(&self) -> f64 {
        super::lean::float(self.window.received.max(1)) / 1e6
    }
}
