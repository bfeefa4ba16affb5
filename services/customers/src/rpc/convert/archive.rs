use salient_failure::{Failure, Kind};
use salient_proto::customers::v1::{self, ErrorReason};
use salient_values::name;
use uuid::Uuid;

use crate::domain::{
    archive::{Address, Archive, Contact, one_primary_at_most},
    credit_code::CreditCode,
    name::CustomerName,
};

/// What a request says about a customer. Its fields' lengths and forms have been checked by the rules in the proto.
pub(in crate::rpc) fn archive(customer: v1::Customer) -> Result<Archive, Failure> {
    let at = |field: &str| format!("customer.{field}");
    let name = CustomerName::parse(&customer.display_name)
        .map_err(|invalid| Failure::invalid_field(at("display_name"), invalid.to_string()))?;
    let code = customer.unified_social_credit_code.trim();
    let credit_code = (!code.is_empty()).then(|| CreditCode::parse(code)).transpose();
    let credit_code = credit_code.map_err(|invalid| {
        Failure::new(Kind::InvalidArgument, ErrorReason::CreditCodeInvalid)
            .with("code", code)
            .field(at("unified_social_credit_code"), invalid.to_string())
    })?;
    let contacts: Vec<Contact> = customer.contacts.into_iter().map(contact).collect();
    if !one_primary_at_most(&contacts) {
        return Err(Failure::invalid_field(
            at("contacts"),
            "at most one contact can be primary",
        ));
    }
    Ok(Archive {
        name,
        credit_code,
        address: customer.address.map(address).unwrap_or_default(),
        contacts,
        needs: customer.needs,
        preferences: customer.preferences,
    })
}

/// The id in a resource name that may be left out.
pub(in crate::rpc) fn optional_name(
    collection: &str,
    text: &str,
    path: &str,
) -> Result<Option<Uuid>, Failure> {
    if text.is_empty() {
        return Ok(None);
    }
    name::parse(collection, text)
        .map(Some)
        .map_err(|error| error.at(path))
}

fn address(address: v1::Address) -> Address {
    let region_code = match address.region_code {
        none if none.is_empty() => Address::default().region_code,
        given => given,
    };
    Address {
        region_code,
        administrative_area: address.administrative_area,
        locality: address.locality,
        postal_code: address.postal_code,
        street_address: address.street_address,
    }
}

fn contact(contact: v1::Contact) -> Contact {
    Contact {
        display_name: contact.display_name,
        title: contact.title,
        phone: contact.phone,
        email: contact.email,
        primary: contact.primary,
    }
}
