use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use moka::future::Cache;
use salient_failure::{Failure, Result};
use salient_operation::Profile;
use uuid::Uuid;

use super::Directory;

/// How long a profile is used: the time for which a post that was taken away still works here.
const KEEP: Duration = Duration::from_secs(2);
/// How many people are kept in mind. Beyond it, those who call least are asked about again.
const CAPACITY: u64 = 10_000;

/// Keeps what another directory says for two seconds, and asks it about one person once at a time, however many of the
/// person's calls wait for the answer. Failures are not kept.
pub struct CachedDirectory<D> {
    directory: D,
    profiles: Cache<Uuid, Arc<Profile>>,
}

impl<D: Directory> CachedDirectory<D> {
    /// Keeps what this directory says.
    #[must_use]
    pub fn new(directory: D) -> Self {
        Self {
            directory,
            profiles: Cache::builder().max_capacity(CAPACITY).time_to_live(KEEP).build(),
        }
    }
}

#[async_trait]
impl<D: Directory> Directory for CachedDirectory<D> {
    async fn profile(&self, person: Uuid) -> Result<Arc<Profile>> {
        self.profiles
            .try_get_with(person, self.directory.profile(person))
            .await
            // Everybody who waited gets the same failure.
            .map_err(|failure| Failure::clone(&failure))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    };

    use async_trait::async_trait;
    use futures::future::join_all;
    use salient_failure::{Failure, Kind, Result};
    use salient_operation::Profile;
    use tokio::time::sleep;
    use uuid::Uuid;

    use super::{CachedDirectory, Directory, KEEP};

    /// Knows everybody but the nil person, slowly, and counts how often it is asked.
    #[derive(Clone, Default)]
    struct Counting(Arc<AtomicU32>);

    impl Counting {
        fn asked(&self) -> u32 {
            self.0.load(Ordering::SeqCst)
        }
    }

    #[async_trait]
    impl Directory for Counting {
        async fn profile(&self, person: Uuid) -> Result<Arc<Profile>> {
            let revision = self.0.fetch_add(1, Ordering::SeqCst);
            sleep(KEEP / 40).await;
            if person.is_nil() {
                return Err(Failure::not_found("employees/nobody"));
            }
            Ok(Arc::new(Profile {
                person,
                display_name: "李娜".into(),
                active: true,
                posts: Vec::new(),
                organization_revision: revision.into(),
            }))
        }
    }

    #[tokio::test]
    async fn one_question_answers_all_who_wait() {
        let asked = Counting::default();
        let directory = CachedDirectory::new(asked.clone());
        let person = Uuid::from_u128(1);
        let answers = join_all((0..50).map(|_| directory.profile(person))).await;
        assert!(answers.into_iter().all(|answer| answer.is_ok()));
        assert_eq!(asked.asked(), 1);
    }

    #[tokio::test]
    async fn an_answer_is_asked_again_when_it_is_old() {
        let asked = Counting::default();
        let directory = CachedDirectory::new(asked.clone());
        let person = Uuid::from_u128(1);
        let first = directory.profile(person).await.expect("known");
        sleep(KEEP + KEEP / 10).await;
        let second = directory.profile(person).await.expect("known");
        assert!(second.organization_revision > first.organization_revision);
        assert_eq!(asked.asked(), 2);
    }

    #[tokio::test]
    async fn a_failure_is_not_kept() {
        let asked = Counting::default();
        let directory = CachedDirectory::new(asked.clone());
        for expected in 1..=2 {
            let failure = directory.profile(Uuid::nil()).await.expect_err("nobody");
            assert_eq!(failure.kind(), Kind::NotFound);
            assert_eq!(asked.asked(), expected);
        }
    }

    #[tokio::test]
    async fn a_caller_who_leaves_does_not_take_the_answer_along() {
        let asked = Counting::default();
        let directory = CachedDirectory::new(asked.clone());
        let person = Uuid::from_u128(1);
        let leaving = tokio::time::timeout(KEEP / 400, directory.profile(person));
        let (left, stayed) = tokio::join!(leaving, directory.profile(person));
        assert!(left.is_err());
        assert!(stayed.is_ok());
    }
}
