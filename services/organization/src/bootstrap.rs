//! How an organisation begins: with the company, and somebody who may build the rest over the public methods.

use jiff::civil::Date;
use salient_database::{Database, NewEvent, Tx};
use salient_operation::{OpContext, Post};
use salient_proto::organization::v1 as proto;
use uuid::Uuid;

use crate::{
    charts::Charts,
    domain::{
        Appointment, AppointmentId, AppointmentKind, Employee, EmployeeId, Period, Unit, UnitId, UnitKind,
    },
    error::Error,
    rpc::wire,
    store::{self, NamedUnit, Query, Record},
};

/// What an organisation begins with.
#[derive(Debug, Clone)]
pub struct Founding {
    /// What people call the company, 1 to 100 characters.
    pub company_name: String,
    /// Its short code, 2 to 10 capital letters and digits; empty for none.
    pub company_code: String,
    /// The first administrator's personnel number.
    pub administrator_number: String,
    /// The first administrator's name.
    pub administrator_name: String,
    /// The first day of all of it.
    pub date: Date,
}

/// An organisation that has begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Founded {
    /// The company, an org unit.
    pub company: Uuid,
    /// The first administrator, an employee.
    pub administrator: Uuid,
    /// Whether it began just now.
    pub created: bool,
}

/// Founds the organisation: the company, and an administrator (P2.1). Where it is founded already nothing changes, and the answer
/// says who has the administrator's number.
///
/// # Errors
/// Where it is founded already and nobody has that number, where a value is malformed, and where the database cannot be asked.
pub async fn bootstrap(database: &Database, founding: &Founding) -> Result<Founded, Error> {
    let op = OpContext::background("organization", "bootstrap");
    let charts = Charts::default();
    database
        .transaction(&op, Query::Bootstrap, async |tx: &mut Tx| {
            let mut company = store::unit_company(tx).await?;
            if company.is_none() {
                // Two that found at once: the second waits here, and then finds the company.
                charts.locked(tx).await?;
                company = store::unit_company(tx).await?;
            }
            if let Some(company) = company {
                let number = &founding.administrator_number;
                let administrator = store::employee_by_number(tx, number).await?;
                let administrator = administrator.ok_or_else(|| Error::FoundedOtherwise {
                    number: number.clone(),
                })?;
                return Ok(Founded {
                    company: company.0,
                    administrator: administrator.0,
                    created: false,
                });
            }
            found(tx, founding).await
        })
        .await
}

async fn found(tx: &mut Tx, founding: &Founding) -> Result<Founded, Error> {
    let now = tx.now();
    let period = Period::since(founding.date);
    let company = Unit {
        id: UnitId(Uuid::now_v7()),
        kind: UnitKind::Company,
        code: founding.company_code.clone(),
        open: period,
        placements: Vec::new(),
    };
    let company = Record::new(
        NamedUnit {
            unit: company,
            display_name: founding.company_name.clone(),
        },
        now,
    );
    let person = Employee {
        id: EmployeeId(Uuid::now_v7()),
        number: founding.administrator_number.clone(),
        display_name: founding.administrator_name.clone(),
        email: String::new(),
        employed: period,
    };
    let person = Record::new(person, now);
    let appointment = Appointment {
        id: AppointmentId(Uuid::now_v7()),
        employee: person.value.id,
        post: Post::Administrator,
        unit: company.value.unit.id,
        kind: AppointmentKind::Primary,
        period,
        reports_to: None,
    };
    let appointment = Record::new(appointment, now);
    store::unit_insert(tx, &company).await?;
    store::employee_insert(tx, std::slice::from_ref(&person)).await?;
    store::appointment_insert(tx, std::slice::from_ref(&appointment)).await?;

    let unit = company.value.unit.id;
    let org_unit = Some(wire::unit::to_proto(&company, founding.date));
    tx.announce(NewEvent::of(
        unit.to_string(),
        &proto::OrgUnitCreated { org_unit },
    ));
    let employee = Some(wire::employee::to_proto(&person, founding.date));
    tx.announce(NewEvent::of(
        person.value.id.to_string(),
        &proto::EmployeeCreated { employee },
    ));
    let created = proto::AppointmentCreated {
        appointment: Some(wire::appointment::to_proto(&appointment)),
    };
    tx.announce(NewEvent::of(appointment.value.id.to_string(), &created));
    Ok(Founded {
        company: unit.0,
        administrator: person.value.id.0,
        created: true,
    })
}
