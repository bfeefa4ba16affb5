//! Deadlines in the working time of the organisation's own calendars (P2.1, P6.1).

use salient_proto::{
    access::v1::Post,
    approval::v1::{
        Approver, Deadline, ExpiryAction, FactDeclaration, FactType, PolicyVersion,
        PublishPolicyVersionRequest, Step, StepMode, approver::Selector, deadline::Length,
    },
    google::r#type::Date,
    organization::v1::{
        BatchAddWorkingTimeRequest, Calendar, CalendarVersion, CreateCalendarRequest,
        CreateCalendarVersionRequest, Weekday, WeekdayHours, WorkingAmount, WorkingHours,
        calendar_service_client::CalendarServiceClient, working_amount::Measure,
    },
};
use salient_testkit::Caller;
use salient_tests::{
    company::{Department, id_of, request_id},
    contract::{contract_over, money},
    desk::approval_name,
};

const CALENDAR: &str = "calendars/china";

/// The organisation's calendar: nine to five on four days of the week.
async fn calendar(department: &Department) -> CalendarServiceClient<Caller> {
    let administrator = department.company.administrator().employee;
    let channel = department
        .company
        .place
        .channel_as("organization", id_of(&administrator));
    let mut calendars = CalendarServiceClient::new(channel);
    let create = CreateCalendarRequest {
        calendar: Some(Calendar {
            display_name: "中国".to_owned(),
            time_zone: "Asia/Shanghai".to_owned(),
            ..Calendar::default()
        }),
        calendar_id: "china".to_owned(),
        request_id: request_id(),
    };
    calendars.create_calendar(create).await.unwrap();
    let days = [
        Weekday::Monday,
        Weekday::Tuesday,
        Weekday::Thursday,
        Weekday::Saturday,
    ];
    let hours = |weekday: Weekday| WeekdayHours {
        weekday: weekday.into(),
        hours: vec![WorkingHours {
            start_time: "09:00".to_owned(),
            end_time: "17:00".to_owned(),
        }],
    };
    let version = CreateCalendarVersionRequest {
        parent: CALENDAR.to_owned(),
        calendar_version: Some(CalendarVersion {
            effective_date: Some(Date {
                year: 2020,
                month: 1,
                day: 1,
            }),
            weekly_hours: days.map(hours).into(),
            ..CalendarVersion::default()
        }),
        request_id: request_id(),
    };
    calendars.create_calendar_version(version).await.unwrap();
    calendars
}

fn policy() -> PublishPolicyVersionRequest {
    let deadline = Deadline {
        length: Some(Length::WorkingHours(12)),
        calendar: CALENDAR.to_owned(),
        on_expiry: ExpiryAction::Escalate.into(),
        remind_before: 4,
        ..Deadline::default()
    };
    let step = Step {
        id: "approval".to_owned(),
        title: "审批".to_owned(),
        mode: StepMode::Any.into(),
        approvers: vec![Approver {
            selector: Some(Selector::Post(Post::Supervisor.into())),
            weight: 0,
        }],
        deadline: Some(deadline),
        ..Step::default()
    };
    let policy = PolicyVersion {
        title: "合同审批".to_owned(),
        facts: vec![FactDeclaration {
            name: "amount".to_owned(),
            r#type: FactType::Money.into(),
        }],
        steps: vec![step],
        ..PolicyVersion::default()
    };
    PublishPolicyVersionRequest {
        parent: "policies/contract".to_owned(),
        policy_version: Some(policy),
        validate_only: false,
        request_id: request_id(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_is_due_when_the_organisations_calendar_says() {
    let department = Department::open().await;
    let mut calendars = calendar(&department).await;
    let administrator = department.company.administrator();
    administrator
        .policies
        .clone()
        .publish_policy_version(policy())
        .await
        .unwrap();
    let salesperson = &department.salesperson;
    let customer = salesperson
        .customer("上海精工机械有限公司", &department.team)
        .await
        .name;
    department
        .finance
        .limit(&customer, money(1_000_000.into(), "CNY"))
        .await;
    let draft = salesperson
        .draft(contract_over(&customer, 1_000.into()))
        .await
        .unwrap();
    let contract = salesperson.submit(&draft.name).await.unwrap();
    let task = department.supervisor.task_of(&approval_name(&contract)).await;

    // From the next full minute on.
    let mut start = task.create_time.unwrap();
    let part = start.seconds % 60;
    if part != 0 || start.nanos != 0 {
        (start.seconds, start.nanos) = (start.seconds - part + 60, 0);
    }
    let twelve_hours = prost_types::Duration {
        seconds: 12 * 3600,
        nanos: 0,
    };
    let reckon = BatchAddWorkingTimeRequest {
        calendar: CALENDAR.to_owned(),
        start_time: Some(start),
        amounts: vec![WorkingAmount {
            measure: Some(Measure::WorkingTime(twelve_hours)),
        }],
    };
    let due = calendars
        .batch_add_working_time(reckon)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(task.due_time, Some(due.end_times[0]));
    let approval = salesperson.approval(&task.approval).await.unwrap();
    assert_eq!(
        (
            approval.visits[0].due_time,
            approval.visits[0].calendar_version.as_str()
        ),
        (task.due_time, "calendars/china/versions/1")
    );
}
