use std::{sync::Arc, time::Duration};

use deadpool::managed::QueueMode;
use diesel::ConnectionError;
use diesel_async::{
    AsyncConnection as _, RunQueryDsl as _, SimpleAsyncConnection as _,
    pooled_connection::{
        AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod,
        deadpool::{Object, Pool, PoolError},
    },
};
use futures::{FutureExt as _, future::try_join_all};
use salient_failpoints::{Moment, Point, active};
use salient_operation::OpContext;
use secrecy::{ExposeSecret as _, SecretString};
use tracing::Instrument as _;

use crate::{AsyncFuncOnce, Connection, Error, Label, RoundTrips, Wake};

/// How a service reaches its schema.
#[derive(Debug, Clone)]
pub struct DatabaseSettings {
    /// A PostgreSQL URL, for the service's own role. The role's `search_path` names the schema.
    pub url: SecretString,
    /// How many connections to keep.
    pub max_connections: usize,
    /// How long to wait for a free one.
    pub wait_timeout: Duration,
    /// How long connecting may take.
    pub connect_timeout: Duration,
    /// How long the server may work on one statement.
    pub statement_timeout: Duration,
}

impl DatabaseSettings {
    /// The defaults, for a URL.
    #[must_use]
    pub fn new(url: SecretString) -> Self {
        Self {
            url,
            max_connections: 16,
            wait_timeout: Duration::from_secs(5),
            connect_timeout: Duration::from_secs(5),
            statement_timeout: Duration::from_secs(30),
        }
    }
}

/// A service's own database: cheap to clone, shared by everything in the service.
#[derive(Clone)]
pub struct Database {
    pool: Pool<Connection>,
    schema: &'static str,
    wake: Wake,
    round_trips: Option<RoundTrips>,
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Database")
            .field("pool", &self.pool.status())
            .finish_non_exhaustive()
    }
}

impl Database {
    /// Connects, fills the pool, and makes sure that it is the right schema.
    ///
    /// # Errors
    /// [`Error::Unavailable`] where no connection can be had or the role's `search_path` leads elsewhere.
    pub async fn connect(settings: &DatabaseSettings, schema: &'static str) -> Result<Self, Error> {
        let pool = Pool::builder(manager(settings))
            .max_size(settings.max_connections)
            // All three are unlimited by default, and a stopped database would then hang every call.
            .wait_timeout(Some(settings.wait_timeout))
            .create_timeout(Some(settings.connect_timeout))
            .recycle_timeout(Some(settings.connect_timeout))
            // The connection used last is used next: it has its statements prepared, planned for good and its server process
            // warm, where turns for all of them would keep each one cold.
            .queue_mode(QueueMode::Lifo)
            .runtime(deadpool::Runtime::Tokio1)
            .build()
            .map_err(|error| Error::Unavailable(Box::new(error)))?;
        let database = Self {
            pool,
            schema,
            wake: Wake::default(),
            round_trips: None,
        };
        // Connecting takes longer than most calls; the first ones should not pay for it.
        let mut connections =
            try_join_all((0..settings.max_connections).map(|_| database.connection())).await?;
        if let Some(connection) = connections.first_mut() {
            verify_schema(connection, schema).await?;
        }
        Ok(database)
    }

    /// Counts statements from now on, into what is given.
    #[must_use]
    pub fn counting(mut self, round_trips: RoundTrips) -> Self {
        self.round_trips = Some(round_trips);
        self
    }

    /// The hints between those who commit and those who deliver.
    #[must_use]
    pub fn wake(&self) -> &Wake {
        &self.wake
    }

    /// Makes sure that the pool can hand out a connection that works.
    ///
    /// # Errors
    /// [`Error::Unavailable`] where it cannot.
    pub async fn check(&self) -> Result<(), Error> {
        let mut connection = self.connection().await?;
        diesel::select(diesel::dsl::sql::<diesel::sql_types::Integer>("1"))
            .execute(&mut connection)
            .await?;
        Ok(())
    }

    /// Lends a connection for queries, outside any transaction, until the operation's deadline. What changes something is for
    /// [`Database::write`].
    ///
    /// # Errors
    /// What the closure answers; [`Error::Unavailable`] where no connection can be had, [`Error::DeadlineExceeded`].
    pub async fn read<T, E, F>(&self, op: &OpContext, label: impl Label, query: F) -> Result<T, E>
    where
        F: for<'c> AsyncFuncOnce<&'c mut Connection, Result<T, E>, Fut: Send> + Send,
        E: From<Error>,
    {
        let span = tracing::debug_span!("sql", query = label.name());
        let work = async {
            let mut connection = self.connection().await?;
            self.allow(&mut connection, Access::Read).await?;
            self.count(&mut connection, label);
            query(&mut connection).await
        };
        tokio::time::timeout(op.deadline.remaining(), work.instrument(span))
            .await
            .unwrap_or_else(|_| Err(Error::DeadlineExceeded.into()))
    }

    pub(crate) async fn connection(&self) -> Result<Object<Connection>, Error> {
        self.pool.get().await.map_err(|error| match error {
            PoolError::Timeout(_) => Error::Unavailable("no connection is free in time".into()),
            error => Error::Unavailable(Box::new(error)),
        })
    }

    /// Where points of failure are looked for, sees to it that none is missed: what changes something on a connection that was lent
    /// for reading fails. One round trip more, in such a test alone.
    pub(crate) async fn allow(&self, connection: &mut Connection, access: Access) -> Result<(), Error> {
        if active() {
            let only = match access {
                Access::Read => "on",
                Access::Write => "off",
            };
            let set = format!("SET default_transaction_read_only = {only}");
            connection.batch_execute(&set).await?;
        }
        Ok(())
    }

    /// The point before or after a commit.
    pub(crate) fn point(&self, op: &OpContext, label: impl Label, moment: Moment) -> Point<'static> {
        Point {
            owner: self.schema,
            operation: op.method,
            step: label.name(),
            moment,
        }
    }

    pub(crate) fn count(&self, connection: &mut Connection, label: impl Label) {
        if let Some(round_trips) = &self.round_trips {
            connection.set_instrumentation(round_trips.start(label.name()));
        }
    }
}

/// What a connection is lent for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Access {
    Read,
    Write,
}

fn manager(settings: &DatabaseSettings) -> AsyncDieselConnectionManager<Connection> {
    let mut config = ManagerConfig::default();
    // A test query before each use costs a quarter of the throughput; a broken connection shows in the first statement.
    config.recycling_method = RecyclingMethod::Fast;
    let statement_timeout = settings.statement_timeout.as_millis();
    let session: Arc<str> = format!(
        "SET statement_timeout = {statement_timeout}; SET lock_timeout = {statement_timeout}; \
         SET idle_in_transaction_session_timeout = '60s'; SET TIME ZONE 'UTC'"
    )
    .into();
    config.custom_setup = Box::new(move |url| {
        let (session, url) = (Arc::clone(&session), url.to_owned());
        async move {
            let mut connection = Connection::establish(&url).await?;
            // Not as start-up options: a pooler refuses those.
            connection
                .batch_execute(&session)
                .await
                .map_err(ConnectionError::CouldntSetupConfiguration)?;
            Ok(connection)
        }
        .boxed()
    });
    AsyncDieselConnectionManager::new_with_config(settings.url.expose_secret(), config)
}

async fn verify_schema(connection: &mut Connection, schema: &str) -> Result<(), Error> {
    use diesel::{
        dsl::sql,
        sql_types::{Nullable, Text},
    };
    let current: Option<String> = diesel::select(sql::<Nullable<Text>>("current_schema()::text"))
        .get_result(connection)
        .await?;
    if current.as_deref() == Some(schema) {
        return Ok(());
    }
    let found = current.unwrap_or_else(|| "none".to_owned());
    Err(Error::Unavailable(
        format!("the role's search_path leads to schema {found} instead of {schema}; run `salient migrate`")
            .into(),
    ))
}
