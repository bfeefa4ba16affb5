//! What the tests of deputyships ask for.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use prost_types::Timestamp;
use salient_operation::Post;
use salient_proto::approval::v1::{
    CreateDeputyshipRequest, Deputyship, EndDeputyshipRequest, ResolveStandInRequest, ResolveStandInResponse,
    UpdateDeputyshipRequest, deputyship_service_client::DeputyshipServiceClient,
};
use salient_testkit::{Caller, Person, held};
use salient_values::timestamp;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use crate::{
    errors::reason,
    house::{House, id},
};

/// What a refusal says of its reason.
pub fn metadata(status: &Status) -> BTreeMap<String, String> {
    let info = status.get_details_error_info();
    info.map(|info| info.metadata.into_iter().collect())
        .unwrap_or_default()
}

/// That something was refused, how and why.
pub fn refused(answer: Result<Deputyship, Status>, code: Code, why: &str) -> Status {
    let status = answer.unwrap_err();
    assert_eq!(
        (status.code(), reason(&status)),
        (code, format!("ERROR_REASON_{why}")),
        "{status:?}"
    );
    status
}

/// A request for a deputyship of the caller's, from now on for a week, for every kind.
pub fn week(house: &House, deputy: &Person) -> CreateDeputyshipRequest {
    CreateDeputyshipRequest {
        deputyship: Some(Deputyship {
            deputy: deputy.name(),
            end_time: house.hours(7 * 24),
            reason: "年假".to_owned(),
            ..Default::default()
        }),
        request_id: id(),
    }
}

impl House {
    /// Somebody of the team.
    pub fn colleague(&self, name: &str) -> Person {
        self.service
            .people()
            .add(name, &[held(Post::Salesperson, self.team)])
    }

    pub fn deputyships(&self, person: &Person) -> DeputyshipServiceClient<Caller> {
        DeputyshipServiceClient::new(self.service.channel_as(person))
    }

    /// So many hours from now.
    pub fn hours(&self, hours: i64) -> Option<Timestamp> {
        Some(timestamp::to_proto(
            self.clock.now() + SignedDuration::from_hours(hours),
        ))
    }

    /// Has a person ask for a deputy for a week, or what `change` makes of that.
    pub async fn appoint(
        &self,
        caller: &Person,
        deputy: &Person,
        change: impl FnOnce(&mut Deputyship),
    ) -> Result<Deputyship, Status> {
        let mut request = week(self, deputy);
        change(request.deputyship.as_mut().unwrap());
        let answer = self.deputyships(caller).create_deputyship(request).await;
        answer.map(tonic::Response::into_inner)
    }

    pub async fn end(&self, caller: &Person, deputyship: &Deputyship) -> Result<Deputyship, Status> {
        let request = EndDeputyshipRequest {
            name: deputyship.name.clone(),
            etag: deputyship.etag.clone(),
            request_id: id(),
        };
        let answer = self.deputyships(caller).end_deputyship(request).await;
        answer.map(tonic::Response::into_inner)
    }

    /// Changes those fields of a deputyship to what they are in this one.
    pub async fn update(
        &self,
        caller: &Person,
        deputyship: &Deputyship,
        fields: &[&str],
    ) -> Result<Deputyship, Status> {
        let request = UpdateDeputyshipRequest {
            deputyship: Some(deputyship.clone()),
            update_mask: Some(prost_types::FieldMask {
                paths: fields.iter().map(|field| (*field).to_owned()).collect(),
            }),
            request_id: id(),
        };
        let answer = self.deputyships(caller).update_deputyship(request).await;
        answer.map(tonic::Response::into_inner)
    }

    /// Who would be asked in a person's place about a contract now.
    pub async fn stand_in(&self, person: &Person) -> ResolveStandInResponse {
        let request = ResolveStandInRequest {
            kind: "contract".to_owned(),
            ..Default::default()
        };
        let answer = self.deputyships(person).resolve_stand_in(request).await;
        answer.unwrap().into_inner()
    }
}
