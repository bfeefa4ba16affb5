//! What the database itself refuses, should the rules ever be got around.

use diesel::{QueryableByName, sql_types::Text};
use diesel_async::{RunQueryDsl as _, SimpleAsyncConnection as _};
use salient_proto::{POOL, access::v1::Post};

use crate::harness::Company;

#[tokio::test]
async fn the_tables_keep_the_worst_out() {
    let company = Company::start().await;
    let east = company.region("HD").await;
    company.staff("S-1", Post::Salesperson, &east).await;
    let mut owner = company.service.owner().await;
    let again = "INSERT INTO appointment SELECT '00000000-0000-0000-0000-000000000001', employee, 'POST_FINANCE', unit, kind, \
                 start_date + 1, NULL, NULL, 1, create_time, update_time FROM appointment WHERE post = 'POST_SALESPERSON'";
    for (statement, constraint) in [
        (again, "appointment_one_primary"),
        (
            "UPDATE appointment SET end_date = start_date - 1",
            "appointment_period",
        ),
        (
            "UPDATE appointment SET reports_to = employee",
            "appointment_reports_to_another",
        ),
        ("UPDATE org_unit SET code = NULL", "org_unit_region_has_code"),
        (
            "UPDATE org_unit SET kind = 'KIND_COMPANY'",
            "org_unit_one_company",
        ),
        ("UPDATE org_unit SET code = 'lower'", "org_unit_code_form"),
        (
            "UPDATE org_unit SET close_date = open_date WHERE kind = 'KIND_COMPANY'",
            "org_unit_company_stays",
        ),
        ("UPDATE placement SET parent = unit", "placement_not_under_itself"),
        ("UPDATE employee SET number = 'A001'", "employee_number_once"),
        ("DELETE FROM employee", "appointment_employee_fkey"),
    ] {
        let refused = owner.batch_execute(statement).await.unwrap_err();
        assert!(refused.to_string().contains(constraint), "{statement}: {refused}");
    }
}

#[derive(QueryableByName)]
struct Definition {
    #[diesel(sql_type = Text)]
    definition: String,
}

#[tokio::test]
async fn the_tables_know_the_same_kinds_and_posts_as_the_proto() {
    let company = Company::start().await;
    let mut owner = company.service.owner().await;
    for (constraint, name) in [
        ("appointment_post_known", "salient.access.v1.Post"),
        (
            "appointment_kind_known",
            "salient.organization.v1.Appointment.Kind",
        ),
        ("org_unit_kind_known", "salient.organization.v1.OrgUnit.Kind"),
    ] {
        let query = "SELECT pg_get_constraintdef(oid) AS definition FROM pg_constraint WHERE conname = $1";
        let found = diesel::sql_query(query)
            .bind::<Text, _>(constraint)
            .get_result(&mut owner)
            .await;
        let Definition { definition } = found.unwrap();
        // Every second piece between quotes is a value.
        let mut known: Vec<_> = definition
            .split('\'')
            .skip(1)
            .step_by(2)
            .map(str::to_owned)
            .collect();
        known.sort();
        let values = POOL.get_enum_by_name(name).unwrap();
        let mut declared: Vec<_> = values
            .values()
            .filter(|value| value.number() != 0)
            .map(|value| value.name().to_owned())
            .collect();
        declared.sort();
        assert_eq!(known, declared, "{constraint}");
    }
}
