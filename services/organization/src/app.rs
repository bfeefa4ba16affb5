//! What the methods work with.

use std::sync::Arc;

use jiff::civil::Date;
use salient_database::Database;
use salient_operation::OpContext;
use salient_paging::Pages;
use salient_proto::google::r#type as google;

use crate::{charts::Charts, domain::Chart, error::Error, today::Today};

/// What the methods work with. Cheap to clone.
#[derive(Clone)]
pub struct App {
    /// The service's own schema.
    pub database: Database,
    /// The organisation in memory.
    pub charts: Charts,
    /// Which day it is.
    pub today: Today,
    /// Opens pages of lists.
    pub pages: Pages,
}

impl App {
    /// The chart of a day.
    pub async fn chart(&self, op: &OpContext, date: Date) -> Result<Arc<Chart>, Error> {
        Ok(self.charts.of(&self.database, op, date).await?)
    }

    /// The date asked for; today where none is.
    pub fn date_or_today(&self, asked: Option<&google::Date>, field: &'static str) -> Result<Date, Error> {
        match asked {
            None => Ok(self.today.date()),
            Some(date) => Ok(salient_values::date::from_proto(date).map_err(|error| error.at(field))?),
        }
    }
}
