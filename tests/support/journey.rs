//! The sample company at work: its people, units and customers, and its orders as contracts.

use std::{
    collections::{BTreeMap, HashMap},
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use futures::{StreamExt as _, future::join_all, stream};
use rust_decimal::Decimal;
use salient_proto::{
    access::v1::Post,
    contracts::v1::{Contract, ContractLine, contract},
    customers::v1::{CreateCustomerRequest, Customer},
};

use crate::{
    company::{Company, request_id},
    contract::{decimal, delivery, money, payment},
    desk::{Desk, patiently},
    northwind::{Line, Northwind, Order},
};

const CURRENCY: &str = "USD";

/// The vice president, who sells too.
const FULLER: u32 = 2;
/// The sales manager, who sells too.
const BUCHANAN: u32 = 5;

/// The company as it works here.
pub struct Journey {
    /// The files.
    pub northwind: Northwind,
    /// The company.
    pub company: Company,
    /// The one person that the test adds.
    pub management: Desk,
    /// Everybody else, by their number in the files.
    pub employees: HashMap<u32, Desk>,
    /// The unit in which each sells.
    units: HashMap<u32, String>,
    /// Resource names by the customer's id in the files.
    pub customers: HashMap<String, String>,
}

impl Journey {
    /// Builds the company's people, units and customers.
    pub async fn start(company: Company) -> Self {
        let northwind = Northwind::load();
        let mut regions = HashMap::new();
        for region in &northwind.regions {
            let name = region.name.trim();
            let code: String = name.chars().take(2).collect::<String>().to_uppercase();
            regions.insert(region.id, company.region(name, &code).await);
        }
        let mut territories = HashMap::new();
        for territory in &northwind.territories {
            let name = format!("{} {}", territory.id, territory.name.trim());
            territories.insert(
                territory.id.clone(),
                company.team(&name, &regions[&territory.region]).await,
            );
        }
        // Thinner than the policy wants: this is the one person that the test adds, above the vice president.
        let management = company
            .employ("M-1", "Board", Post::CompanyManagement, &company.unit)
            .await;
        let mut names = HashMap::new();
        for employee in &northwind.employees {
            let name = format!("{} {}", employee.first_name, employee.last_name);
            names.insert(employee.id, company.hire(&employee.id.to_string(), &name).await);
        }
        let mut units = HashMap::new();
        for employee in &northwind.employees {
            let name = &names[&employee.id];
            let superior = employee
                .reports_to
                .map_or(&management, |superior| &names[&superior]);
            let sells_in: Vec<_> = northwind
                .assignments
                .iter()
                .filter(|assignment| assignment.employee == employee.id)
                .map(|assignment| &territories[&assignment.territory])
                .collect();
            let mut beside = sells_in.iter();
            match employee.title.as_str() {
                "Vice President, Sales" => {
                    company
                        .appoint(name, Post::Director, &company.unit, superior)
                        .await
                }
                "Sales Manager" => {
                    let western = northwind
                        .regions
                        .iter()
                        .find(|region| region.name.trim() == "Western")
                        .expect("accepted");
                    company
                        .appoint(name, Post::RegionalManager, &regions[&western.id], superior)
                        .await;
                }
                "Sales Representative" | "Inside Sales Coordinator" => {
                    let main = beside.next().expect("a territory");
                    company.appoint(name, Post::Salesperson, main, superior).await;
                }
                other => panic!("a title that nobody expected: {other}"),
            }
            for unit in beside {
                company.appoint_also(name, Post::Salesperson, unit).await;
            }
            units.insert(employee.id, sells_in[0].clone());
        }
        let employees = names.iter().map(|(id, name)| (*id, company.desk(name))).collect();
        let management = company.desk(&management);
        let mut journey = Self {
            northwind,
            company,
            management,
            employees,
            units,
            customers: HashMap::new(),
        };
        journey.record_customers().await;
        journey
    }

    /// Each customer belongs to whoever sold to them first, and may owe what they ever ordered.
    async fn record_customers(&mut self) {
        let mut owed = BTreeMap::<&str, Decimal>::new();
        let mut sellers = HashMap::<&str, u32>::new();
        for order in &self.northwind.orders {
            *owed.entry(&order.customer).or_default() += self.total_of(order);
            sellers.entry(&order.customer).or_insert(order.employee);
        }
        let administrator = self.company.administrator();
        let mut customers = HashMap::new();
        for customer in &self.northwind.customers {
            // Two of them never ordered.
            let seller = sellers.get(customer.id.as_str()).copied().unwrap_or(FULLER);
            let request = CreateCustomerRequest {
                customer: Some(Customer {
                    display_name: customer.company_name.clone(),
                    owner: self.employees[&seller].employee.clone(),
                    org_unit: self.units[&seller].clone(),
                    ..Customer::default()
                }),
                request_id: request_id(),
            };
            let customers_client = &administrator.customers;
            let created =
                patiently(async || customers_client.clone().create_customer(request.clone()).await).await;
            let name = created.expect("recorded").into_inner().name;
            if let Some(owed) = owed.get(customer.id.as_str()) {
                self.management.limit(&name, money(*owed, CURRENCY)).await;
            }
            customers.insert(customer.id.clone(), name);
        }
        self.customers = customers;
    }

    fn total_of(&self, order: &Order) -> Decimal {
        self.northwind.lines[&order.id].iter().map(Line::amount).sum()
    }

    fn contract(&self, order: &Order) -> Contract {
        let lines = self.northwind.lines[&order.id].iter().map(|line| {
            let product = &self.northwind.products[&line.product];
            ContractLine {
                product: product.name.clone(),
                specification: product.quantity_per_unit.clone(),
                quantity: Some(decimal(line.quantity)),
                unit_price: Some(money(line.unit_price, CURRENCY)),
                discount: Some(decimal(line.discount)),
                ..ContractLine::default()
            }
        });
        Contract {
            title: format!("Order {}", order.id),
            customer: self.customers[&order.customer].clone(),
            unit: self.units[&order.employee].clone(),
            currency_code: CURRENCY.into(),
            lines: lines.collect(),
            delivery: Some(delivery()),
            payments: vec![payment(self.total_of(order), CURRENCY)],
            liability: "As agreed in the general terms.".into(),
            ..Contract::default()
        }
    }

    /// From order to signed contract, by its seller.
    pub async fn sell(&self, order: &Order) -> Contract {
        let seller = &self.employees[&order.employee];
        let draft = seller.draft(self.contract(order)).await.expect("accepted");
        seller.submit(&draft.name).await.expect("accepted");
        seller.contract_in(&draft.name, contract::State::Approved).await;
        seller.sign(&draft.name).await.expect("accepted")
    }
}

/// Approves whatever comes in, until told to stop. Whoever gets a task that is not theirs to decide fails the test.
pub async fn work_inbox(desk: &Desk, stop: &AtomicBool) -> usize {
    let mut decided = 0;
    while !stop.load(Ordering::SeqCst) {
        let tasks = desk.inbox().await;
        if tasks.is_empty() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        decided += tasks.len();
        stream::iter(tasks)
            .for_each_concurrent(8, async |task| drop(desk.approve(&task).await.expect("accepted")))
            .await;
    }
    decided
}

/// Those who have something to decide. Supervisors and most regional managers are missing, so superiors step in: Buchanan's people
/// go to Buchanan, all others and Buchanan himself to Fuller, and Fuller, who never decides his own, to the management.
impl Journey {
    /// Their desks.
    #[must_use]
    pub fn deciders(&self) -> [Desk; 3] {
        [
            self.employees[&BUCHANAN].clone(),
            self.employees[&FULLER].clone(),
            self.management.clone(),
        ]
    }

    /// Sells everything, while the deciders work. Answers the signed contracts.
    pub async fn play(&self, at_once: usize) -> Vec<Contract> {
        let stop = AtomicBool::new(false);
        let deciders = self.deciders();
        let deciding = join_all(deciders.iter().map(|desk| work_inbox(desk, &stop)));
        let selling = async {
            let signed = stream::iter(&self.northwind.orders)
                .map(async |order| self.sell(order).await)
                .buffer_unordered(at_once)
                .collect()
                .await;
            stop.store(true, Ordering::SeqCst);
            signed
        };
        let (signed, decided) = tokio::join!(selling, deciding);
        assert!(
            decided.iter().all(|decided| *decided > 0),
            "every decider had something to decide: {decided:?}"
        );
        signed
    }
}
