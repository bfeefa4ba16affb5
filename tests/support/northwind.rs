//! The sample company beside the repository (`../shared/data/northwind`), read as it is.

use std::{collections::BTreeMap, path::PathBuf};

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, de::DeserializeOwned};

/// Everything the journey needs of the company.
#[derive(Debug)]
pub struct Northwind {
    /// Nine people and whom they report to.
    pub employees: Vec<Employee>,
    /// Which employee works which territory.
    pub assignments: Vec<Assignment>,
    /// Four regions.
    pub regions: Vec<Region>,
    /// Fifty-three territories.
    pub territories: Vec<Territory>,
    /// Ninety-one customers.
    pub customers: Vec<Customer>,
    /// Seventy-seven products, by id.
    pub products: BTreeMap<u32, Product>,
    /// Eight hundred and thirty orders.
    pub orders: Vec<Order>,
    /// Their lines, by order.
    pub lines: BTreeMap<u32, Vec<Line>>,
}

/// A row of `employees.csv`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Employee {
    /// The row's key.
    #[serde(rename = "EmployeeID")]
    pub id: u32,
    /// Family name.
    pub last_name: String,
    /// Given name.
    pub first_name: String,
    /// What the post is read from.
    pub title: String,
    /// The superior; the vice president has none.
    pub reports_to: Option<u32>,
}

/// A row of `employee_territories.csv`.
#[derive(Debug, Deserialize)]
pub struct Assignment {
    /// Who.
    #[serde(rename = "EmployeeID")]
    pub employee: u32,
    /// Where.
    #[serde(rename = "TerritoryID")]
    pub territory: String,
}

/// A row of `region.csv`.
#[derive(Debug, Deserialize)]
pub struct Region {
    /// The row's key.
    #[serde(rename = "RegionID")]
    pub id: u32,
    /// `Eastern`, `Western`, …
    #[serde(rename = "RegionDescription")]
    pub name: String,
}

/// A row of `territories.csv`.
#[derive(Debug, Deserialize)]
pub struct Territory {
    /// The row's key, a postal code.
    #[serde(rename = "TerritoryID")]
    pub id: String,
    /// The town; not unique.
    #[serde(rename = "TerritoryDescription")]
    pub name: String,
    /// The region it lies in.
    #[serde(rename = "RegionID")]
    pub region: u32,
}

/// A row of `customers.csv`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Customer {
    /// Five letters.
    #[serde(rename = "CustomerID")]
    pub id: String,
    /// The company.
    pub company_name: String,
    /// Whom to ask for.
    pub contact_name: String,
    /// Their position.
    pub contact_title: String,
    /// As the row has it.
    pub phone: String,
}

/// A row of `products.csv`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Product {
    /// The row's key.
    #[serde(rename = "ProductID")]
    pub id: u32,
    /// What it is.
    #[serde(rename = "ProductName")]
    pub name: String,
    /// How it is packed.
    pub quantity_per_unit: String,
}

/// A row of `orders.csv`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Order {
    /// The row's key.
    #[serde(rename = "OrderID")]
    pub id: u32,
    /// The buyer.
    #[serde(rename = "CustomerID")]
    pub customer: String,
    /// The seller.
    #[serde(rename = "EmployeeID")]
    pub employee: u32,
    /// `m/d/yyyy`.
    pub required_date: String,
    /// Where it goes.
    pub ship_address: String,
    /// Where it goes.
    pub ship_city: String,
    /// Where it goes.
    pub ship_country: String,
}

/// A row of `order_details.csv`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Line {
    /// The order.
    #[serde(rename = "OrderID")]
    pub order: u32,
    /// The product.
    #[serde(rename = "ProductID")]
    pub product: u32,
    /// Before discount, in dollars.
    pub unit_price: Decimal,
    /// In units.
    pub quantity: Decimal,
    /// A rate: 0.05 is 5 %.
    pub discount: Decimal,
}

impl Northwind {
    /// Reads the files beside the repository.
    ///
    /// # Panics
    /// Where they are missing or not as expected: a test that cannot read its input must not pass.
    #[must_use]
    pub fn load() -> Self {
        let mut lines = BTreeMap::<u32, Vec<Line>>::new();
        for line in rows::<Line>("order_details") {
            lines.entry(line.order).or_default().push(line);
        }
        Self {
            employees: rows("employees"),
            assignments: rows("employee_territories"),
            regions: rows("region"),
            territories: rows("territories"),
            customers: rows("customers"),
            products: rows::<Product>("products")
                .into_iter()
                .map(|product| (product.id, product))
                .collect(),
            orders: rows("orders"),
            lines,
        }
    }

    /// What all orders are worth, each line to the cent (half up), computed from the rows alone.
    #[must_use]
    pub fn total(&self) -> Decimal {
        self.lines.values().flatten().map(Line::amount).sum()
    }
}

impl Line {
    /// What the line is worth, to the cent.
    #[must_use]
    pub fn amount(&self) -> Decimal {
        (self.unit_price * self.quantity * (Decimal::ONE - self.discount))
            .round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
    }
}

fn rows<T: DeserializeOwned>(table: &str) -> Vec<T> {
    let path =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("../../shared/data/northwind/{table}.csv"));
    let mut reader =
        csv::Reader::from_path(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    reader
        .deserialize()
        .map(|row| row.unwrap_or_else(|error| panic!("{table}.csv: {error}")))
        .collect()
}
