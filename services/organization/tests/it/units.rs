use salient_proto::access::v1::Post;
use salient_proto::organization::v1::{
    BatchGetOrgUnitsRequest, CloseOrgUnitRequest, CreateOrgUnitRequest, GetOrgUnitRequest,
    ListOrgUnitsRequest, ListPlacementsRequest, MoveOrgUnitRequest, OrgUnit, UpdateOrgUnitRequest,
    org_unit::Kind,
};
use tonic::Code;

use crate::harness::{Company, in_days, reason, request_id};

fn moving(name: &str, parent: &str, days: i32) -> MoveOrgUnitRequest {
    MoveOrgUnitRequest {
        name: name.into(),
        parent: parent.into(),
        start_date: Some(in_days(days)),
        request_id: request_id(),
        ..MoveOrgUnitRequest::default()
    }
}

#[tokio::test]
async fn the_tree_takes_only_what_belongs_where() {
    let company = Company::start().await;
    let east = company.region("HD").await;
    assert_eq!(
        reason(company.unit(Kind::Region, "XX", &east).await),
        "UNIT_PLACEMENT_INVALID"
    );
    assert_eq!(
        reason(company.unit(Kind::Region, "", &company.root()).await),
        "REQUEST_INVALID"
    );
    assert_eq!(
        reason(company.unit(Kind::Company, "YY", &company.root()).await),
        "COMPANY_IS_FIXED"
    );
    assert_eq!(
        reason(company.unit(Kind::Region, "HD", &company.root()).await),
        "UNIT_CODE_TAKEN"
    );
    let nowhere = "orgUnits/00000000-0000-0000-0000-000000000000";
    assert_eq!(
        reason(company.unit(Kind::Team, "", nowhere).await),
        "RESOURCE_NOT_FOUND"
    );
}

#[tokio::test]
async fn a_repeated_request_makes_one_unit() {
    let company = Company::start().await;
    let unit = OrgUnit {
        kind: Kind::Region.into(),
        display_name: "华东".into(),
        code: "HD".into(),
        parent: company.root(),
        ..OrgUnit::default()
    };
    let request = CreateOrgUnitRequest {
        org_unit: Some(unit),
        request_id: request_id(),
    };
    let first = company
        .units()
        .create_org_unit(request.clone())
        .await
        .unwrap()
        .into_inner();
    let again = company
        .units()
        .create_org_unit(request)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(first, again);
    assert_eq!((first.code.as_str(), first.parent), ("HD", company.root()));
}

#[tokio::test]
async fn a_move_takes_effect_on_its_day_and_never_makes_a_circle() {
    let company = Company::start().await;
    let east = company.region("HD").await;
    let west = company.region("HX").await;
    let team = company.team(&east).await;
    let below = company.team(&team).await;

    let mut units = company.units();
    assert_eq!(
        reason(units.move_org_unit(moving(&team, &below, 5)).await),
        "UNIT_CYCLE"
    );
    assert_eq!(
        reason(units.move_org_unit(moving(&team, &team, 5)).await),
        "UNIT_CYCLE"
    );
    assert_eq!(
        reason(units.move_org_unit(moving(&team, &west, -1)).await),
        "DATE_IN_PAST"
    );
    assert_eq!(
        reason(units.move_org_unit(moving(&company.root(), &west, 5)).await),
        "COMPANY_IS_FIXED"
    );

    let moved = units
        .move_org_unit(moving(&team, &west, 5))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(moved.parent, east, "until then it stays");
    let on = |days| GetOrgUnitRequest {
        name: team.clone(),
        date: Some(in_days(days)),
    };
    assert_eq!(units.get_org_unit(on(4)).await.unwrap().into_inner().parent, east);
    assert_eq!(units.get_org_unit(on(5)).await.unwrap().into_inner().parent, west);

    let placements = units
        .list_placements(ListPlacementsRequest { parent: team.clone() })
        .await;
    let placements = placements.unwrap().into_inner().placements;
    assert_eq!(
        placements.iter().map(|at| &at.parent).collect::<Vec<_>>(),
        [&east, &west]
    );
    assert_eq!(placements[0].end_date, placements[1].start_date);
    assert_eq!(placements[1].end_date, None);

    // A circle that would only come to be once the planned move has happened.
    let other = company.team(&west).await;
    units.move_org_unit(moving(&below, &west, 10)).await.unwrap();
    assert!(units.move_org_unit(moving(&other, &team, 6)).await.is_ok());
    assert_eq!(
        reason(units.move_org_unit(moving(&team, &other, 7)).await),
        "UNIT_CYCLE"
    );
}

#[tokio::test]
async fn a_unit_is_closed_once_it_is_empty() {
    let company = Company::start().await;
    let east = company.region("HD").await;
    let team = company.team(&east).await;
    let closing = |name: &str| CloseOrgUnitRequest {
        name: name.into(),
        request_id: request_id(),
        ..CloseOrgUnitRequest::default()
    };
    let mut units = company.units();
    assert_eq!(
        reason(units.close_org_unit(closing(&east)).await),
        "UNIT_NOT_EMPTY"
    );
    company.staff("S1", Post::Salesperson, &team).await;
    assert_eq!(
        reason(units.close_org_unit(closing(&team)).await),
        "UNIT_NOT_EMPTY"
    );
    assert_eq!(
        reason(units.close_org_unit(closing(&company.root())).await),
        "COMPANY_IS_FIXED"
    );

    let empty = company.team(&east).await;
    let closed = units.close_org_unit(closing(&empty)).await.unwrap().into_inner();
    assert_eq!(closed.close_date, Some(in_days(0)));
    let list = units
        .list_org_units(ListOrgUnitsRequest::default())
        .await
        .unwrap()
        .into_inner();
    assert!(
        list.org_units.iter().all(|unit| unit.name != empty),
        "closed units are not listed"
    );
    assert_eq!(
        reason(units.close_org_unit(closing(&empty)).await),
        "UNIT_NOT_OPEN"
    );
}

#[tokio::test]
async fn a_rename_needs_the_current_etag() {
    let company = Company::start().await;
    let east = company.unit(Kind::Region, "HD", &company.root()).await.unwrap();
    let renaming = |name: &str| UpdateOrgUnitRequest {
        org_unit: Some(OrgUnit {
            display_name: name.into(),
            ..east.clone()
        }),
        update_mask: None,
        request_id: request_id(),
    };
    let mut units = company.units();
    let renamed = units
        .update_org_unit(renaming("华东大区"))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(renamed.display_name, "华东大区");
    assert_eq!(
        reason(units.update_org_unit(renaming("东")).await),
        "ETAG_MISMATCH"
    );
    let mut frozen = renaming("东");
    frozen.update_mask = Some(prost_types::FieldMask {
        paths: vec!["code".into()],
    });
    assert_eq!(reason(units.update_org_unit(frozen).await), "REQUEST_INVALID");
}

#[tokio::test]
async fn lists_are_filtered_ordered_and_paged() {
    let company = Company::start().await;
    let mut regions = Vec::new();
    for code in ["R1", "R2", "R3", "R4", "R5"] {
        regions.push(company.region(code).await);
    }
    let team = company.team(&regions[0]).await;
    let mut units = company.units();
    for (filter, order_by, expected) in [
        ("kind = KIND_REGION", "", regions.iter().collect::<Vec<_>>()),
        (
            "kind = KIND_REGION",
            "create_time desc",
            regions.iter().rev().collect(),
        ),
        (
            "kind = KIND_REGION",
            "display_name desc",
            regions.iter().rev().collect(),
        ),
        (
            "kind = KIND_REGION AND code != \"R2\"",
            "display_name",
            regions.iter().filter(|name| **name != regions[1]).collect(),
        ),
        (&format!("parent = \"{}\"", regions[0]), "", vec![&team]),
    ] {
        let (mut token, mut found) = (String::new(), Vec::new());
        loop {
            let request = ListOrgUnitsRequest {
                page_size: 2,
                page_token: token,
                filter: filter.into(),
                order_by: order_by.into(),
                date: None,
            };
            let page = units.list_org_units(request).await.unwrap().into_inner();
            assert!(page.org_units.len() <= 2);
            found.extend(page.org_units.into_iter().map(|unit| unit.name));
            token = page.next_page_token;
            if token.is_empty() {
                break;
            }
        }
        assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{filter} {order_by}");
    }
    let bad = ListOrgUnitsRequest {
        filter: "size = 3".into(),
        ..ListOrgUnitsRequest::default()
    };
    assert_eq!(reason(units.list_org_units(bad).await), "FILTER_INVALID");
    let bad = ListOrgUnitsRequest {
        filter: "code : R".into(),
        ..ListOrgUnitsRequest::default()
    };
    assert_eq!(reason(units.list_org_units(bad).await), "FILTER_INVALID");

    let batch = BatchGetOrgUnitsRequest {
        names: vec![regions[3].clone(), regions[1].clone()],
        date: None,
    };
    let batch = units
        .batch_get_org_units(batch)
        .await
        .unwrap()
        .into_inner()
        .org_units;
    assert_eq!(
        batch.iter().map(|unit| &unit.name).collect::<Vec<_>>(),
        [&regions[3], &regions[1]]
    );
}

#[tokio::test]
async fn only_administrators_change_the_organisation() {
    let company = Company::start().await;
    let east = company.region("HD").await;
    let manager = company.staff("M1", Post::RegionalManager, &east).await;
    let id = manager.strip_prefix("employees/").unwrap().parse().unwrap();
    let channel = company.service.channel_as_employee(id);
    let mut units =
        salient_proto::organization::v1::org_unit_service_client::OrgUnitServiceClient::new(channel);
    let request = CreateOrgUnitRequest {
        org_unit: Some(OrgUnit {
            kind: Kind::Team.into(),
            display_name: "x".into(),
            parent: east.clone(),
            ..OrgUnit::default()
        }),
        request_id: request_id(),
    };
    assert_eq!(
        units.create_org_unit(request).await.unwrap_err().code(),
        Code::PermissionDenied
    );
    let read = GetOrgUnitRequest {
        name: east,
        date: None,
    };
    assert!(units.get_org_unit(read).await.is_ok());
}
