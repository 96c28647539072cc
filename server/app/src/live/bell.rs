//! The bell: something changed for those at their desks (a call for an expert, a call for help). Who hears it looks for
//! themselves what is theirs, so it carries nothing, and a stroke that is missed costs nothing.

use std::sync::Arc;

use tokio::sync::watch;

/// A cheap handle.
#[derive(Clone, Debug)]
pub struct Bell(Arc<watch::Sender<u64>>);

impl Default for Bell {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(0)))
    }
}

impl Bell {
    /// Something changed.
    pub fn ring(&self) {
        self.0.send_modify(|strokes| *strokes += 1);
    }

    /// Every stroke from now on.
    pub fn listen(&self) -> watch::Receiver<u64> {
        self.0.subscribe()
    }
}
