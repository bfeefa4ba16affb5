use salient_operation::OpContext;
use salient_proto::access::v1::{GetProfileRequest, Profile};
use uuid::Uuid;

use super::wire::name;
use crate::{app::App, error::Error};

/// Returns a person's profile as of now (P2.1). A person may ask for their own; services for anyone's.
///
/// One round trip where the organisation has not changed since the question before.
pub async fn get_profile(app: App, op: OpContext, request: GetProfileRequest) -> Result<Profile, Error> {
    let owner = request.name.strip_suffix("/profile").unwrap_or_default();
    let person = name::employee(owner, "name")?;
    op.permit.check(person.0, Uuid::nil())?;
    let chart = app.chart(&op, app.today.date()).await?;
    let profile = chart.profile(person).ok_or(Error::NotFound(request.name))?;
    Ok(Profile::from(&profile))
}
