use std::sync::Arc;

use tokio::sync::Notify;

/// In-process hints that there is something to do, so that it starts at once. Polling finds what a hint missed, such as what
/// another replica committed.
#[derive(Debug, Clone, Default)]
pub struct Wake {
    deliveries: Arc<Notify>,
    events: Arc<Notify>,
    numbered: Arc<Notify>,
}

impl Wake {
    /// Completes when a delivery was committed since the last call.
    pub async fn for_deliveries(&self) {
        self.deliveries.notified().await;
    }

    /// Completes when an event was committed since the last call.
    pub async fn for_events(&self) {
        self.events.notified().await;
    }

    /// Completes when events get their positions after this was called, whether or not it is waited for yet. Everyone who
    /// waits is woken.
    pub fn for_positions(&self) -> impl Future<Output = ()> + Send {
        self.numbered.notified()
    }

    /// Says that deliveries were committed or became due.
    pub fn deliveries(&self) {
        // One permit is kept where nobody waits, so that the next wait ends at once.
        self.deliveries.notify_one();
    }

    /// Says that events were committed.
    pub fn events(&self) {
        self.events.notify_one();
    }

    /// Says that events have their positions.
    pub fn positions(&self) {
        self.numbered.notify_waiters();
    }
}
