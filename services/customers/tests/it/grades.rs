//! Grades over time (P5.3.1).

use salient_proto::customers::v1::{Grade, ListGradePeriodsRequest, SetGradeRequest};
use tonic::Code;

use crate::support::{Company, reason, request_id};

fn set(customer: &str, grade: Grade, why: &str) -> SetGradeRequest {
    SetGradeRequest {
        name: customer.to_owned(),
        grade: grade.into(),
        reason: why.to_owned(),
        etag: String::new(),
        request_id: request_id(),
    }
}

#[tokio::test]
async fn grades_follow_each_other_and_keep_who_gave_them_and_why() {
    let company = Company::start().await;
    let created = company.create(&company.li, "西湖商贸").await;
    let mut customers = company.customers_as(&company.supervisor);
    let graded = customers
        .set_grade(set(&created.name, Grade::B, "年度评估"))
        .await
        .expect("graded")
        .into_inner();
    assert_eq!((graded.grade(), graded.etag.as_str()), (Grade::B, "\"2\""));
    let same = customers
        .set_grade(set(&created.name, Grade::B, "再评"))
        .await
        .expect("as it is")
        .into_inner();
    assert_eq!(same.etag, graded.etag, "nothing changed");
    customers
        .set_grade(set(&created.name, Grade::A, "大额订单"))
        .await
        .expect("graded");

    let mut request = ListGradePeriodsRequest {
        parent: created.name.clone(),
        page_size: 2,
        ..Default::default()
    };
    let mut li = company.customers_as(&company.li);
    let first = li
        .list_grade_periods(request.clone())
        .await
        .expect("listed")
        .into_inner();
    request.page_token = first.next_page_token;
    let second = li.list_grade_periods(request).await.expect("listed").into_inner();
    assert_eq!(second.next_page_token, "");
    let periods: Vec<_> = first
        .grade_periods
        .into_iter()
        .chain(second.grade_periods)
        .collect();
    let grades: Vec<_> = periods
        .iter()
        .map(|period| (period.grade(), period.reason.as_str()))
        .collect();
    assert_eq!(
        grades,
        [(Grade::A, "大额订单"), (Grade::B, "年度评估"), (Grade::D, "")]
    );
    assert_eq!(periods[0].end_time, None);
    assert_eq!(periods[1].end_time, periods[0].start_time);
    assert_eq!(periods[2].end_time, periods[1].start_time);
    assert_eq!(periods[2].start_time, created.create_time);
    assert_eq!(periods[0].actor, company.supervisor.name());
    assert_eq!(periods[0].name, format!("{}/gradePeriods/3", created.name));
}

#[tokio::test]
async fn nobody_grades_their_own_customers() {
    let company = Company::start().await;
    let created = company.create(&company.li, "西湖商贸").await;
    let refused = company
        .customers_as(&company.li)
        .set_grade(set(&created.name, Grade::A, "自评"))
        .await;
    assert_eq!(
        reason(&refused.expect_err("not theirs")),
        "ERROR_REASON_POST_REQUIRED"
    );
    for wrong in [
        set(&created.name, Grade::Unspecified, "原因"),
        set(&created.name, Grade::A, ""),
    ] {
        let refused = company
            .customers_as(&company.supervisor)
            .set_grade(wrong)
            .await
            .expect_err("malformed");
        assert_eq!(refused.code(), Code::InvalidArgument);
    }
}
