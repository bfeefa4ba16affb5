//! An organisation that has just begun.

use jiff::civil::{Date, date};
use salient_organization::{Founded, Founding, Organization, bootstrap};
use salient_testkit::{Caller, TestService};

/// The first day of everything.
pub const FOUNDED: Date = date(2020, 1, 1);

/// A service with a company and its first administrator.
pub struct Company {
    pub service: TestService<Organization>,
    pub founded: Founded,
}

pub fn founding() -> Founding {
    Founding {
        company_name: "北风实业".into(),
        company_code: "BF".into(),
        administrator_number: "A001".into(),
        administrator_name: "管理员".into(),
        date: FOUNDED,
    }
}

impl Company {
    pub async fn start() -> Self {
        let service = TestService::<Organization>::start().await;
        let founded = bootstrap(service.database(), &founding()).await.unwrap();
        Self { service, founded }
    }

    /// Calls as the first administrator.
    pub fn administrator(&self) -> Caller {
        self.service.channel_as_employee(self.founded.administrator)
    }
}
