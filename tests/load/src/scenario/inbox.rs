//! Inbox page.

use salient_proto::approval::v1::ListTasksRequest;

use super::Stage;

/// How many tasks a page has by default.
pub const PAGE: usize = 50;

/// Reads the first page of the full inbox.
///
/// # Errors
/// What the call fails with.
pub async fn inbox(stage: &Stage, client: usize) -> anyhow::Result<()> {
    let mut tasks = stage
        .connections
        .tasks(client, &stage.company.waiting.supervisor)?;
    let page = tasks.list_tasks(ListTasksRequest::default()).await?.into_inner();
    anyhow::ensure!(page.tasks.len() == PAGE, "a page of {} tasks", page.tasks.len());
    Ok(())
}
