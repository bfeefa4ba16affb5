use clap::Args;
use salient_config::Settings;

use crate::{
    cli::Common,
    serving::{asked_to_stop, serve},
    suite::Member,
};

/// What `serve` takes.
#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// The services to serve; all of them by default.
    services: Vec<Member>,
}

pub(crate) async fn run(common: &Common, serve_: &Serve) -> anyhow::Result<()> {
    let settings = Settings::load(&common.config)?;
    let members = if serve_.services.is_empty() {
        &Member::ALL[..]
    } else {
        &serve_.services
    };
    let names: Vec<_> = members.iter().map(|member| member.name()).collect();
    settings.check_for_serving(&names)?;
    // Traces name the service where the process serves one; of several each would be as wrong.
    let name = if let [only] = names[..] { only } else { "salient" };
    let _telemetry = salient_telemetry::init(&settings.telemetry, name)?;
    let serving = serve(settings, members).await?;
    asked_to_stop().await?;
    tracing::info!("stopping");
    serving.stop().await
}
