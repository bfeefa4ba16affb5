//! Who people are and what posts they hold.

mod cached;
mod remote;

use std::sync::Arc;

use async_trait::async_trait;
use salient_failure::Result;
use salient_operation::Profile;
use uuid::Uuid;

pub use self::{cached::CachedDirectory, remote::RemoteDirectory};

/// Answers who a person is, with the posts held now.
#[async_trait]
pub trait Directory: Send + Sync + 'static {
    /// The person's profile.
    ///
    /// # Errors
    /// NOT_FOUND where there is no such person; UNAVAILABLE where nobody can be asked.
    async fn profile(&self, person: Uuid) -> Result<Arc<Profile>>;
}
