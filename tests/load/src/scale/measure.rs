//! What is asked of both sets, in turn.

use std::{collections::HashSet, time::Instant};

use salient_proto::approval::v1::{
    CountTasksRequest, ListTasksRequest, ListTasksResponse, task_service_client::TaskServiceClient,
};

use super::size::Size;
use crate::caller::Caller;

/// How many tasks a page has.
pub const PAGE: u64 = 50;
/// A page that both sets have.
pub const DEEP: u64 = 50;
/// How often each call is made before it counts.
const WARM_UP: usize = 20;

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    /// The first page of the inbox.
    First,
    /// Its 50th.
    Deep,
    /// Its last.
    Last,
    /// The numbers of the boxes.
    Count,
}

impl Call {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::First, Self::Deep, Self::Last, Self::Count];
}

/// One set, behind its services.
pub struct Set {
    /// How much it holds.
    pub size: Size,
    tasks: TaskServiceClient<Caller>,
    deep: String,
    last: String,
}

impl Set {
    /// Reads the whole inbox once, page by page: every task once, the oldest first. Keeps the tokens of the pages to be asked for.
    ///
    /// # Errors
    /// What a call fails with; an inbox that is not what was made.
    pub async fn read(size: Size, mut tasks: TaskServiceClient<Caller>) -> anyhow::Result<Self> {
        let pages = size.waiting().div_ceil(PAGE);
        let (mut token, mut deep, mut last) = (String::new(), String::new(), String::new());
        let mut seen = HashSet::new();
        let mut newest = None;
        for page in 1..=pages {
            if page == DEEP {
                deep.clone_from(&token);
            }
            if page == pages {
                last.clone_from(&token);
            }
            let answer = list(&mut tasks, &token).await?;
            for task in answer.tasks {
                let time = task.create_time.map(|time| (time.seconds, time.nanos));
                anyhow::ensure!(newest <= time, "{} is older than one before it", task.name);
                newest = time;
                anyhow::ensure!(seen.insert(task.name), "a task is in the inbox twice");
            }
            token = answer.next_page_token;
        }
        anyhow::ensure!(
            seen.len() as u64 == size.waiting() && token.is_empty(),
            "{} tasks in the inbox instead of {}",
            seen.len(),
            size.waiting()
        );
        anyhow::ensure!(pages > DEEP, "the inbox has {pages} pages only");
        Ok(Self {
            size,
            tasks,
            deep,
            last,
        })
    }

    async fn call(&mut self, call: Call) -> anyhow::Result<()> {
        let token = match call {
            Call::First => "",
            Call::Deep => &self.deep,
            Call::Last => &self.last,
            Call::Count => {
                let counts = self.tasks.count_tasks(CountTasksRequest {}).await?.into_inner();
                let pending = counts.pending.unwrap_or_default();
                anyhow::ensure!(pending.count == 100 && pending.more, "counted {pending:?}");
                return Ok(());
            }
        };
        list(&mut self.tasks, token).await?;
        Ok(())
    }
}

async fn list(tasks: &mut TaskServiceClient<Caller>, token: &str) -> anyhow::Result<ListTasksResponse> {
    let request = ListTasksRequest {
        page_size: i32::try_from(PAGE)?,
        page_token: token.to_owned(),
        ..Default::default()
    };
    let page = tasks.list_tasks(request).await?.into_inner();
    anyhow::ensure!(
        page.tasks.len() as u64 == PAGE,
        "a page of {} tasks",
        page.tasks.len()
    );
    Ok(page)
}

/// How long calls took, in milliseconds: of one kind, to one set after the other.
pub struct Sample {
    /// Which.
    pub call: Call,
    /// To each set.
    pub millis: [Vec<f64>; 2],
}

/// Makes each call so often to both sets, in turn: what disturbs one disturbs the other.
///
/// # Errors
/// What a call fails with.
pub async fn interleaved(sets: &mut [Set; 2], rounds: usize) -> anyhow::Result<Vec<Sample>> {
    let mut samples = Vec::new();
    for call in Call::ALL {
        let mut millis = [Vec::new(), Vec::new()];
        for round in 0..WARM_UP + rounds {
            for turn in 0..2 {
                let which = (round + turn) % 2;
                let sent = Instant::now();
                sets[which].call(call).await?;
                if round >= WARM_UP {
                    millis[which].push(sent.elapsed().as_secs_f64() * 1e3);
                }
            }
        }
        samples.push(Sample { call, millis });
    }
    Ok(samples)
}
