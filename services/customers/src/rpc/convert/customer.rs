use salient_proto::{customers::v1, google::r#type as google};
use salient_values::{etag, name, timestamp};

use super::grade;
use crate::domain::{
    archive::{Address, Contact},
    credit_code::CreditCode,
    customer::{CreditSummary, Customer},
};

/// A customer, with its credit where it is at hand.
pub(in crate::rpc) fn customer(customer: &Customer, credit: Option<&CreditSummary>) -> v1::Customer {
    let archive = &customer.archive;
    v1::Customer {
        name: customer.name(),
        display_name: archive.name.shown().to_owned(),
        unified_social_credit_code: archive
            .credit_code
            .as_ref()
            .map_or("", CreditCode::as_str)
            .to_owned(),
        address: Some(address(&archive.address)),
        contacts: archive.contacts.iter().map(contact).collect(),
        needs: archive.needs.clone(),
        preferences: archive.preferences.clone(),
        owner: name::format("employees", customer.placement.owner),
        org_unit: name::format("orgUnits", customer.placement.unit),
        grade: grade::to_proto(customer.grade).into(),
        credit_limit: credit.map(|credit| google::Money::from(&credit.limit)),
        credit_available: credit.map(|credit| google::Money::from(&credit.available)),
        create_time: Some(timestamp::to_proto(customer.create_time)),
        update_time: Some(timestamp::to_proto(customer.update_time)),
        delete_time: customer.delete_time.map(timestamp::to_proto),
        etag: etag::of(customer.version),
    }
}

fn address(address: &Address) -> v1::Address {
    v1::Address {
        region_code: address.region_code.clone(),
        administrative_area: address.administrative_area.clone(),
        locality: address.locality.clone(),
        postal_code: address.postal_code.clone(),
        street_address: address.street_address.clone(),
    }
}

fn contact(contact: &Contact) -> v1::Contact {
    v1::Contact {
        display_name: contact.display_name.clone(),
        title: contact.title.clone(),
        phone: contact.phone.clone(),
        email: contact.email.clone(),
        primary: contact.primary,
    }
}
