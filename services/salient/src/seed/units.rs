//! Regions and their teams.

use std::collections::HashMap;

use salient_proto::organization::v1::{
    CreateOrgUnitRequest, ListOrgUnitsRequest, OrgUnit, org_unit::Kind,
    org_unit_service_client::OrgUnitServiceClient,
};
use salient_values::{date, name};

use super::{Founded, sample};
use crate::{
    client::{Caller, Session, refused, request_id},
    suite::Member,
};

type Client = OrgUnitServiceClient<Caller>;

/// Makes the units whose codes are not there yet, and returns all of them.
pub(super) async fn make(administrator: &Session, founded: &Founded) -> anyhow::Result<Vec<OrgUnit>> {
    let mut client = OrgUnitServiceClient::new(administrator.at(Member::Organization)?);
    let mut units = list(&mut client).await?;
    let mut names: HashMap<_, _> = units
        .iter()
        .map(|unit| (unit.code.clone(), unit.name.clone()))
        .collect();
    let company = name::format("orgUnits", founded.company);
    for region in sample::REGIONS {
        let above = make_one(
            &mut client,
            &mut names,
            Kind::Region,
            region.code,
            region.name,
            &company,
            founded,
        )
        .await?;
        for team in region.teams {
            make_one(
                &mut client,
                &mut names,
                Kind::Team,
                team.code,
                team.name,
                &above,
                founded,
            )
            .await?;
        }
    }
    if names.len() > units.len() {
        units = list(&mut client).await?;
    }
    Ok(units)
}

async fn make_one(
    client: &mut Client,
    names: &mut HashMap<String, String>,
    kind: Kind,
    code: &str,
    display_name: &str,
    parent: &str,
    founded: &Founded,
) -> anyhow::Result<String> {
    if let Some(name) = names.get(code) {
        return Ok(name.clone());
    }
    let unit = OrgUnit {
        kind: kind.into(),
        display_name: display_name.to_owned(),
        code: code.to_owned(),
        parent: parent.to_owned(),
        open_date: Some(date::to_proto(founded.since)),
        ..Default::default()
    };
    let request = CreateOrgUnitRequest {
        org_unit: Some(unit),
        request_id: request_id(),
    };
    let made = client
        .create_org_unit(request)
        .await
        .map_err(refused(display_name))?
        .into_inner();
    names.insert(code.to_owned(), made.name.clone());
    Ok(made.name)
}

async fn list(client: &mut Client) -> anyhow::Result<Vec<OrgUnit>> {
    let mut units = Vec::new();
    let mut request = ListOrgUnitsRequest::default();
    loop {
        let page = client
            .list_org_units(request.clone())
            .await
            .map_err(refused("listing units"))?
            .into_inner();
        units.extend(page.org_units);
        if page.next_page_token.is_empty() {
            return Ok(units);
        }
        request.page_token = page.next_page_token;
    }
}
