use prost_types::FieldMask;
use salient_database::{Connection, NewEvent, Tx};
use salient_failure::Failure;
use salient_operation::OpContext;
use salient_proto::customers::v1::{self, CustomerUpdated, UpdateCustomerRequest};
use salient_values::{etag, mask::Mask, name};
use uuid::Uuid;

use super::{
    convert::{self, optional_name},
    permitted::permitted,
    taken,
};
use crate::{
    app::App,
    domain::{
        archive::Archive,
        customer::{COLLECTION, Customer, Placement},
    },
    error::Error,
    placement,
    store::{
        Query,
        customers::{Archived, customer_find, customer_for_update, customer_save},
    },
};

const FIELDS: [&str; 8] = [
    "display_name",
    "unified_social_credit_code",
    "address",
    "contacts",
    "needs",
    "preferences",
    "owner",
    "org_unit",
];

/// What is to be changed, and into what.
struct Change {
    id: Uuid,
    etag: String,
    mask: Mask,
    values: v1::Customer,
}

/// What is known before the transaction, in which nobody else can be asked.
struct Prepared {
    /// The customer as it is read then.
    found: Archived,
    /// Whose it becomes.
    placement: Placement,
    /// What it becomes, as far as what was read goes; under the lock it is made again, of whatever it is then.
    wanted: Archive,
}

/// Changes a customer's archive, its owner and unit included.
pub(super) async fn update_customer(
    app: App,
    op: OpContext,
    request: UpdateCustomerRequest,
) -> Result<v1::Customer, Error> {
    let change = Change::of(request.customer.unwrap_or_default(), request.update_mask)?;
    let Prepared {
        found,
        placement,
        wanted,
    } = match change.prepare(&app, &op).await {
        Ok(prepared) => prepared,
        // Done before, it may have put the customer out of the caller's reach.
        Err(error) => return app.database.or_answered(&op, Err(error)).await,
    };
    let before = found.customer.placement;

    let update = async |tx: &mut Tx| {
        let locked = customer_for_update(tx, change.id).await?;
        let mut customer = permitted(&op, change.id, locked)?;
        etag::check(&change.etag, customer.version, &customer.name())?;
        if customer.placement != before {
            return Err(Failure::etag_mismatch(customer.name()).into());
        }
        let archive = change.archive(&customer)?;
        customer.update(archive, placement, tx.now())?;
        customer_save(tx, &customer).await?;
        let message = convert::customer(&customer, None);
        tx.announce(NewEvent::of(
            customer.name(),
            &CustomerUpdated {
                customer: Some(message),
            },
        ));
        Ok::<_, Error>(convert::customer(&customer, found.credit.as_ref()))
    };
    match app.database.mutate(&op, Query::CustomerUpdate, update).await {
        Err(error) => Err(taken::explain(&app, &op, error, &wanted).await),
        updated => updated,
    }
}

impl Change {
    fn of(mut values: v1::Customer, mask: Option<FieldMask>) -> Result<Self, Failure> {
        Ok(Self {
            id: name::parse(COLLECTION, &values.name).map_err(|error| error.at("customer.name"))?,
            etag: std::mem::take(&mut values.etag),
            mask: Mask::new(mask, &FIELDS)?,
            values,
        })
    }

    async fn prepare(&self, app: &App, op: &OpContext) -> Result<Prepared, Error> {
        let read =
            async |connection: &mut Connection| Ok::<_, Error>(customer_find(connection, self.id).await?);
        let found = app.database.read(op, Query::CustomerGet, read).await?;
        let found = permitted(op, self.id, found)?;
        Ok(Prepared {
            placement: self.placement(app, op, found.customer.placement).await?,
            wanted: self.archive(&found.customer)?,
            found,
        })
    }

    /// The archive with the new values in place of the old ones, checked as a whole.
    fn archive(&self, customer: &Customer) -> Result<Archive, Failure> {
        let (mut merged, new) = (convert::customer(customer, None), &self.values);
        if self.mask.has("display_name") {
            merged.display_name.clone_from(&new.display_name);
        }
        if self.mask.has("unified_social_credit_code") {
            merged
                .unified_social_credit_code
                .clone_from(&new.unified_social_credit_code);
        }
        if self.mask.has("address") {
            merged.address.clone_from(&new.address);
        }
        if self.mask.has("contacts") {
            merged.contacts.clone_from(&new.contacts);
        }
        if self.mask.has("needs") {
            merged.needs.clone_from(&new.needs);
        }
        if self.mask.has("preferences") {
            merged.preferences.clone_from(&new.preferences);
        }
        convert::archive(merged)
    }

    /// Whose customer it becomes. Another owner without a unit means that owner's only one.
    async fn placement(&self, app: &App, op: &OpContext, before: Placement) -> Result<Placement, Error> {
        let given = |field: &str, collection, value: &str| match self.mask.has(field) {
            true => optional_name(collection, value, &format!("customer.{field}")),
            false => Ok(None),
        };
        let owner = given("owner", "employees", &self.values.owner)?.unwrap_or(before.owner);
        let unit = given("org_unit", "orgUnits", &self.values.org_unit)?;
        let unit = unit.or((owner == before.owner).then_some(before.unit));
        let stays = owner == before.owner && unit == Some(before.unit);
        if stays {
            return Ok(before);
        }
        placement::resolve(app, op, Some(owner), unit).await
    }
}
