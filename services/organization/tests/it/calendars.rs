use prost_types::Duration;
use salient_proto::organization::v1::{
    AddWorkingTimeRequest, BatchAddWorkingTimeRequest, Calendar, CalendarVersion, CreateCalendarRequest,
    CreateCalendarVersionRequest, GetCalendarRequest, GetCalendarVersionRequest, ListCalendarVersionsRequest,
    ListCalendarsRequest, MeasureWorkingTimeRequest, SpecialDay, Weekday, WeekdayHours, WorkingAmount,
    WorkingHours, calendar_service_client::CalendarServiceClient, special_day, working_amount::Measure,
};
use salient_testkit::Caller;
use tonic::Code;

use crate::harness::{Company, in_days, proto_date, reason, request_id};

fn creating(id: &str) -> CreateCalendarRequest {
    CreateCalendarRequest {
        calendar: Some(Calendar {
            display_name: "中国".into(),
            time_zone: "Asia/Shanghai".into(),
            ..Calendar::default()
        }),
        calendar_id: id.into(),
        request_id: request_id(),
    }
}

/// Monday to Friday from nine to five, National Day off, and a Saturday worked in its place.
fn office() -> CalendarVersion {
    let hours = || {
        vec![WorkingHours {
            start_time: "09:00".into(),
            end_time: "17:00".into(),
        }]
    };
    let days = [
        Weekday::Monday,
        Weekday::Tuesday,
        Weekday::Wednesday,
        Weekday::Thursday,
        Weekday::Friday,
    ];
    let special = |month, day, kind: special_day::Kind| SpecialDay {
        date: Some(proto_date(jiff::civil::date(2026, month, day))),
        kind: kind.into(),
        ..SpecialDay::default()
    };
    CalendarVersion {
        effective_date: Some(proto_date(jiff::civil::date(2026, 1, 1))),
        weekly_hours: days
            .map(|day| WeekdayHours {
                weekday: day.into(),
                hours: hours(),
            })
            .into(),
        special_days: vec![
            special(10, 1, special_day::Kind::Holiday),
            special(10, 10, special_day::Kind::WorkingDay),
        ],
        ..CalendarVersion::default()
    }
}

fn publishing(version: CalendarVersion) -> CreateCalendarVersionRequest {
    CreateCalendarVersionRequest {
        parent: "calendars/china".into(),
        calendar_version: Some(version),
        request_id: request_id(),
    }
}

fn instant(text: &str) -> prost_types::Timestamp {
    salient_values::timestamp::to_proto(text.parse().unwrap())
}

async fn start() -> (Company, CalendarServiceClient<Caller>) {
    let company = Company::start().await;
    let mut calendars = CalendarServiceClient::new(company.administrator());
    calendars.create_calendar(creating("china")).await.unwrap();
    (company, calendars)
}

#[tokio::test]
async fn working_time_is_reckoned_by_what_the_calendar_says() {
    let (_company, mut calendars) = start().await;
    let adding = |start: &str, hours: i64| AddWorkingTimeRequest {
        calendar: "calendars/china".into(),
        start_time: Some(instant(start)),
        working_time: Some(Duration {
            seconds: hours * 3600,
            nanos: 0,
        }),
    };
    let early = calendars
        .add_working_time(adding("2026-09-30T16:00:00+08:00", 2))
        .await;
    assert_eq!(reason(early), "CALENDAR_NOT_EFFECTIVE");
    calendars
        .create_calendar_version(publishing(office()))
        .await
        .unwrap();

    let end = calendars
        .add_working_time(adding("2026-09-30T16:00:00+08:00", 2))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        end.end_time,
        Some(instant("2026-10-02T10:00:00+08:00")),
        "over National Day"
    );
    assert_eq!(end.calendar_version, "calendars/china/versions/1");
    let end = calendars
        .add_working_time(adding("2026-10-09T16:00:00+08:00", 2))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        end.end_time,
        Some(instant("2026-10-10T10:00:00+08:00")),
        "into the Saturday that is worked"
    );

    let measuring = MeasureWorkingTimeRequest {
        calendar: "calendars/china".into(),
        start_time: Some(instant("2026-09-30T16:00:00+08:00")),
        end_time: Some(instant("2026-10-02T10:00:00+08:00")),
    };
    let length = calendars
        .measure_working_time(measuring.clone())
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        length.working_time,
        Some(Duration {
            seconds: 2 * 3600,
            nanos: 0
        })
    );
    let backwards = MeasureWorkingTimeRequest {
        end_time: Some(instant("2026-09-29T00:00:00Z")),
        ..measuring
    };
    assert_eq!(
        reason(calendars.measure_working_time(backwards).await),
        "REQUEST_INVALID"
    );
}

#[tokio::test]
async fn several_amounts_are_added_in_one_call() {
    let (_company, mut calendars) = start().await;
    calendars
        .create_calendar_version(publishing(office()))
        .await
        .unwrap();
    let hours = |hours: i64| {
        Measure::WorkingTime(Duration {
            seconds: hours * 3600,
            nanos: 0,
        })
    };
    let adding = |measures: Vec<Option<Measure>>| BatchAddWorkingTimeRequest {
        calendar: "calendars/china".into(),
        start_time: Some(instant("2026-09-30T16:00:00+08:00")),
        amounts: measures
            .into_iter()
            .map(|measure| WorkingAmount { measure })
            .collect(),
    };
    let answer = calendars
        .batch_add_working_time(adding(vec![
            Some(hours(2)),
            Some(Measure::WorkingDays(1)),
            Some(hours(0)),
        ]))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(answer.end_times[0], instant("2026-10-02T10:00:00+08:00"));
    assert_eq!(
        answer.end_times[1],
        instant("2026-10-02T17:00:00+08:00"),
        "the end of that day"
    );
    assert_eq!(answer.end_times[2], instant("2026-09-30T16:00:00+08:00"));
    assert_eq!(answer.calendar_version, "calendars/china/versions/1");
    for wrong in [vec![], vec![None], vec![Some(Measure::WorkingDays(0))]] {
        assert_eq!(
            reason(calendars.batch_add_working_time(adding(wrong)).await),
            "REQUEST_INVALID"
        );
    }
    let far = calendars
        .batch_add_working_time(adding(vec![
            Some(hours(1)),
            Some(Measure::WorkingDays(1000)),
            Some(hours(10_000)),
        ]))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(far.end_times.len(), 3);
}

#[tokio::test]
async fn versions_are_numbered_read_back_and_never_change_the_past() {
    let (_company, mut calendars) = start().await;
    let first = calendars
        .create_calendar_version(publishing(office()))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(first.name, "calendars/china/versions/1");
    assert_eq!(first.special_days[1].hours.len(), 1, "Monday's hours");
    assert_eq!(
        reason(calendars.create_calendar_version(publishing(office())).await),
        "DATE_IN_PAST"
    );
    let next = CalendarVersion {
        effective_date: Some(in_days(30)),
        ..office()
    };
    let next = calendars
        .create_calendar_version(publishing(next))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(next.name, "calendars/china/versions/2");

    let read = GetCalendarVersionRequest {
        name: first.name.clone(),
    };
    assert_eq!(
        calendars.get_calendar_version(read).await.unwrap().into_inner(),
        first
    );
    let listing = ListCalendarVersionsRequest {
        parent: "calendars/china".into(),
        page_size: 1,
        ..ListCalendarVersionsRequest::default()
    };
    let page = calendars
        .list_calendar_versions(listing.clone())
        .await
        .unwrap()
        .into_inner();
    assert_eq!(page.calendar_versions, [next]);
    let listing = ListCalendarVersionsRequest {
        page_token: page.next_page_token,
        ..listing
    };
    let page = calendars
        .list_calendar_versions(listing)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        (page.calendar_versions, page.next_page_token),
        (vec![first], String::new())
    );
    let china = GetCalendarRequest {
        name: "calendars/china".into(),
    };
    let china = calendars.get_calendar(china).await.unwrap().into_inner();
    assert_eq!(china.latest_version, "calendars/china/versions/2");
}

#[tokio::test]
async fn malformed_calendars_are_refused_where_they_are_wrong() {
    let (_company, mut calendars) = start().await;
    assert_eq!(
        reason(calendars.create_calendar(creating("china")).await),
        "CALENDAR_ID_TAKEN"
    );
    let mut nowhere = creating("mars");
    nowhere.calendar.as_mut().unwrap().time_zone = "Mars/Olympus".into();
    assert_eq!(
        reason(calendars.create_calendar(nowhere).await),
        "REQUEST_INVALID"
    );

    let mut twice = office();
    twice.weekly_hours.push(twice.weekly_hours[0].clone());
    let mut overlapping = office();
    let span = WorkingHours {
        start_time: "16:00".into(),
        end_time: "18:00".into(),
    };
    overlapping.weekly_hours[0].hours.push(span.clone());
    let mut worked_holiday = office();
    worked_holiday.special_days[0].hours.push(span);
    let mut same_day = office();
    same_day.special_days.push(same_day.special_days[0].clone());
    for wrong in [twice, overlapping, worked_holiday, same_day] {
        assert_eq!(
            reason(calendars.create_calendar_version(publishing(wrong)).await),
            "REQUEST_INVALID"
        );
    }
    let unknown = CreateCalendarVersionRequest {
        parent: "calendars/mars".into(),
        ..publishing(office())
    };
    assert_eq!(
        calendars
            .create_calendar_version(unknown)
            .await
            .unwrap_err()
            .code(),
        Code::NotFound
    );
    let list = calendars
        .list_calendars(ListCalendarsRequest::default())
        .await
        .unwrap()
        .into_inner();
    assert_eq!(list.calendars.len(), 1);
}
