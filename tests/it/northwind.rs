//! A real sample company, which nobody here made, works through the public API alone: 830 orders become signed contracts.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use diesel::{QueryableByName, sql_types::BigInt};
use diesel_async::RunQueryDsl as _;
use futures::{StreamExt as _, stream};
use rust_decimal::Decimal;
use salient_proto::{
    access::v1::Post,
    approval::v1::VerifyAuditTrailRequest,
    contracts::v1::{Contract, ContractLine, contract},
    customers::v1::{CreateCustomerRequest, Customer},
};
use salient_tests::{
    company::{Company, request_id},
    contract::{amount, decimal, delivery, money, payment},
    desk::{Desk, approval_name},
    northwind::{Line, Northwind, Order},
};

const CURRENCY: &str = "USD";
const AT_ONCE: usize = 16;

/// The vice president, who sells too.
const FULLER: u32 = 2;
/// The sales manager, who sells too.
const BUCHANAN: u32 = 5;

/// The company as it works here.
struct Journey {
    northwind: Northwind,
    company: Company,
    management: Desk,
    employees: HashMap<u32, Desk>,
    /// The unit in which each sells.
    units: HashMap<u32, String>,
    customers: HashMap<String, String>,
}

impl Journey {
    async fn start() -> Self {
        let northwind = Northwind::load();
        let company = Company::found().await;
        let mut regions = HashMap::new();
        for region in &northwind.regions {
            let name = region.name.trim();
            let code: String = name.chars().take(2).collect::<String>().to_uppercase();
            regions.insert(region.id, company.region(name, &code).await);
        }
        let mut territories = HashMap::new();
        for territory in &northwind.territories {
            let name = format!("{} {}", territory.id, territory.name.trim());
            territories.insert(territory.id.clone(), company.team(&name, &regions[&territory.region]).await);
        }
        // Thinner than the policy wants: this is the one person that the test adds, above the vice president.
        let management = company.employ("M-1", "Board", Post::CompanyManagement, &company.unit).await;
        let mut names = HashMap::new();
        for employee in &northwind.employees {
            let name = format!("{} {}", employee.first_name, employee.last_name);
            names.insert(employee.id, company.hire(&employee.id.to_string(), &name).await);
        }
        let mut units = HashMap::new();
        for employee in &northwind.employees {
            let name = &names[&employee.id];
            let superior = employee.reports_to.map_or(&management, |superior| &names[&superior]);
            let sells_in: Vec<_> = northwind
                .assignments
                .iter()
                .filter(|assignment| assignment.employee == employee.id)
                .map(|assignment| &territories[&assignment.territory])
                .collect();
            let mut beside = sells_in.iter();
            match employee.title.as_str() {
                "Vice President, Sales" => company.appoint(name, Post::Director, &company.unit, superior).await,
                "Sales Manager" => {
                    let western = northwind.regions.iter().find(|region| region.name.trim() == "Western").unwrap();
                    company.appoint(name, Post::RegionalManager, &regions[&western.id], superior).await;
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
        let mut journey =
            Self { northwind, company, management, employees, units, customers: HashMap::new() };
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
            let name = administrator.customers.clone().create_customer(request).await.unwrap().into_inner().name;
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
    async fn sell(&self, order: &Order) -> Contract {
        let seller = &self.employees[&order.employee];
        let draft = seller.draft(self.contract(order)).await.unwrap();
        seller.submit(&draft.name).await.unwrap();
        seller.contract_in(&draft.name, contract::State::Approved).await;
        seller.sign(&draft.name).await.unwrap()
    }
}

/// Approves whatever comes in, until told to stop. Whoever gets a task that is not theirs to decide fails the test.
async fn work_inbox(desk: Desk, stop: Arc<AtomicBool>) -> usize {
    let mut decided = 0;
    while !stop.load(Ordering::SeqCst) {
        let tasks = desk.inbox().await;
        if tasks.is_empty() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        decided += tasks.len();
        let desk = &desk;
        stream::iter(tasks)
            .for_each_concurrent(8, async |task| drop(desk.approve(&task).await.unwrap()))
            .await;
    }
    decided
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

#[tokio::test(flavor = "multi_thread")]
async fn eight_hundred_and_thirty_orders_become_signed_contracts() {
    let journey = Arc::new(Journey::start().await);
    let stop = Arc::new(AtomicBool::new(false));
    // Supervisors and most regional managers are missing, so superiors step in: Buchanan's people go to Buchanan, all others and
    // Buchanan himself to Fuller, and Fuller, who never decides his own, to the management.
    let deciders = [journey.employees[&BUCHANAN].clone(), journey.employees[&FULLER].clone(), journey.management.clone()];
    let at_work: Vec<_> =
        deciders.iter().map(|desk| tokio::spawn(work_inbox(desk.clone(), Arc::clone(&stop)))).collect();

    let signed: Vec<Contract> = stream::iter(&journey.northwind.orders)
        .map(async |order| journey.sell(order).await)
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    stop.store(true, Ordering::SeqCst);
    for (desk, decided) in deciders.iter().zip(at_work) {
        assert!(decided.await.unwrap() > 0, "{} had something to decide", desk.employee);
    }

    assert_eq!(signed.len(), 830);
    assert_eq!(signed.iter().map(|contract| contract.lines.len()).sum::<usize>(), 2_155);
    let total: Decimal = signed.iter().map(|contract| amount(contract.total.as_ref().unwrap())).sum();
    assert_eq!(total, journey.northwind.total());
    // Written down once, so that a mistake shared by the test and the service would show.
    assert_eq!(total.to_string(), "1265793.29");

    nothing_is_left(&journey).await;
    let approvals = &journey.management.approvals;
    stream::iter(&signed)
        .for_each_concurrent(AT_ONCE, async |contract| {
            let request = VerifyAuditTrailRequest { name: approval_name(contract) };
            let verified = approvals.clone().verify_audit_trail(request).await.unwrap().into_inner();
            assert!(verified.intact, "{verified:?}");
        })
        .await;
    let mut confirmed = Decimal::ZERO;
    for customer in journey.customers.values() {
        let credit = journey.management.credit_of(customer).await;
        confirmed += credit.confirmed.as_ref().map(amount).unwrap_or_default();
        assert_eq!(credit.reserved.as_ref().map(amount).unwrap_or_default(), Decimal::ZERO);
    }
    assert_eq!(confirmed, total);
}

/// No open task and no undelivered call, in any schema.
async fn nothing_is_left(journey: &Journey) {
    for desk in journey.employees.values().chain([&journey.management]) {
        assert!(desk.inbox().await.is_empty(), "{} has nothing left to decide", desk.employee);
    }
    for schema in ["organization", "customers", "contracts", "approval"] {
        let mut owner = journey.company.suite.test_database().owner(schema).await;
        for attempt in 0.. {
            let left: Count =
                diesel::sql_query("SELECT count(*) AS count FROM outbox").get_result(&mut owner).await.unwrap();
            if left.count == 0 {
                break;
            }
            assert!(attempt < 200, "{} calls of {schema} were never delivered", left.count);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}
