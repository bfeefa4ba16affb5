//! From the domain to the proto.

use rust_decimal::Decimal;
use salient_failure::Failure;
use salient_proto::{
    approval::v1::{Outcome as ProtoOutcome, Subject},
    contracts::v1::{
        Contract as ProtoContract, ContractFile, ContractLine, ContractRevision, DeliveryTerms,
        ScheduledPayment, SignOff as ProtoSignOff, Signing as ProtoSigning, contract,
    },
    google::r#type::Money as ProtoMoney,
};
use salient_server::Service as _;
use salient_values::{Currency, Money, date, decimal, etag, name, timestamp};
use uuid::Uuid;

use crate::{
    CONTRACTS, Contracts,
    domain::{
        Amounts, Content, Contract, Delivery, File, Head, Line, Outcome, Payment, SignOff, Signing, State,
    },
    store::Revision,
};

/// The collection of people.
pub(super) const EMPLOYEES: &str = "employees";
/// The collection of units.
pub(super) const UNITS: &str = "orgUnits";
/// The collection of customers.
pub(super) const CUSTOMERS: &str = "customers";
/// The collection of approvals.
pub(super) const APPROVALS: &str = "approvals";

/// The kind of subject that a contract is to the orchestrator.
pub(super) const SUBJECT_KIND: &str = "contract";

/// A contract with everything in it.
pub(super) fn contract(contract: &Contract) -> Result<ProtoContract, Failure> {
    let full = content(&contract.content, contract.head.amounts)?;
    Ok(with_head(full, contract))
}

/// A contract without lines and payments, as lists have it.
pub(super) fn contract_summary(contract: &Contract) -> Result<ProtoContract, Failure> {
    let summary = content_summary(&contract.content, contract.head.amounts)?;
    Ok(with_head(summary, contract))
}

/// A revision with everything in it.
pub(super) fn revision(revision: &Revision) -> Result<ContractRevision, Failure> {
    Ok(with_revision(
        content(&revision.content, revision.amounts)?,
        revision,
    ))
}

/// A revision without lines and payments.
pub(super) fn revision_summary(revision: &Revision) -> Result<ContractRevision, Failure> {
    let summary = content_summary(&revision.content, revision.amounts)?;
    Ok(with_revision(summary, revision))
}

/// A version of a signed file.
pub(super) fn file(file: &File) -> ContractFile {
    ContractFile {
        name: file_name(file.contract, file.version),
        filename: file.filename.clone(),
        content_type: file.kind.name().into(),
        size_bytes: file.size_bytes,
        sha256: file.sha256.to_vec(),
        uploader: name::format(EMPLOYEES, file.uploader),
        create_time: Some(timestamp::to_proto(file.create_time)),
    }
}

/// A contract's name.
pub(super) fn contract_name(contract: &Contract) -> String {
    name::format(CONTRACTS, contract.head.id)
}

/// What is signed off: the contract at its current revision.
pub(super) fn subject(contract: &Contract) -> Subject {
    Subject {
        kind: SUBJECT_KIND.into(),
        name: name::format(CONTRACTS, contract.head.id),
        version: contract.head.revision,
        digest: contract.digest.to_vec(),
        service: Contracts::NAME.into(),
    }
}

/// An amount in a currency.
pub(super) fn money(amount: Decimal, currency: Currency) -> Result<ProtoMoney, Failure> {
    // Everything stored was checked when it came in.
    let money = Money::new(amount, currency).map_err(Failure::internal)?;
    Ok(ProtoMoney::from(&money))
}

/// An outcome.
pub(super) fn outcome(outcome: Outcome) -> ProtoOutcome {
    match outcome {
        Outcome::Approved => ProtoOutcome::Approved,
        Outcome::Rejected => ProtoOutcome::Rejected,
        Outcome::Returned => ProtoOutcome::Returned,
        Outcome::Withdrawn => ProtoOutcome::Withdrawn,
        Outcome::Refused => ProtoOutcome::Refused,
        Outcome::Superseded => ProtoOutcome::Superseded,
        Outcome::Cancelled => ProtoOutcome::Cancelled,
    }
}

fn content(content: &Content, amounts: Amounts) -> Result<ProtoContract, Failure> {
    let currency = content.currency;
    let lines = content.lines.iter().map(|sold| line(sold, currency));
    let payments = content.payments.iter().map(|due| payment(due, currency));
    Ok(ProtoContract {
        lines: lines.collect::<Result<_, _>>()?,
        payments: payments.collect::<Result<_, _>>()?,
        ..content_summary(content, amounts)?
    })
}

fn content_summary(content: &Content, amounts: Amounts) -> Result<ProtoContract, Failure> {
    let delivery = &content.delivery;
    Ok(ProtoContract {
        title: content.title.clone(),
        customer: name::format(CUSTOMERS, content.customer),
        currency_code: content.currency.as_str().into(),
        delivery: (*delivery != Delivery::default()).then(|| DeliveryTerms {
            delivery_date: delivery.date.map(date::to_proto),
            place: delivery.place.clone(),
            method: delivery.method.clone(),
        }),
        liability: content.liability.clone(),
        total: Some(money(amounts.total, content.currency)?),
        tax: Some(money(amounts.tax, content.currency)?),
        ..ProtoContract::default()
    })
}

fn line(line: &Line, currency: Currency) -> Result<ContractLine, Failure> {
    let amounts = line
        .amounts(currency)
        .ok_or_else(|| Failure::internal("a stored line is out of range"))?;
    Ok(ContractLine {
        product: line.product.clone(),
        specification: line.specification.clone(),
        quantity: Some(decimal::to_proto(line.quantity)),
        unit: line.unit.clone(),
        unit_price: Some(money(line.unit_price, currency)?),
        discount: Some(decimal::to_proto(line.discount)),
        tax_rate: Some(decimal::to_proto(line.tax_rate)),
        total: Some(money(amounts.total, currency)?),
        tax: Some(money(amounts.tax, currency)?),
    })
}

fn payment(payment: &Payment, currency: Currency) -> Result<ScheduledPayment, Failure> {
    Ok(ScheduledPayment {
        due_date: payment.due_date.map(date::to_proto),
        condition: payment.condition.clone(),
        amount: Some(money(payment.amount, currency)?),
    })
}

fn with_head(content: ProtoContract, contract: &Contract) -> ProtoContract {
    let Contract { head, digest, .. } = contract;
    ProtoContract {
        name: name::format(CONTRACTS, head.id),
        number: head.number.clone().unwrap_or_default(),
        state: state(head.state).into(),
        owner: name::format(EMPLOYEES, head.owner),
        unit: name::format(UNITS, head.unit),
        region_code: head.region_code.clone(),
        revision: head.revision,
        digest: digest.to_vec(),
        sign_off: head.sign_off.as_ref().map(sign_off),
        signing: head.signing.as_ref().map(signing),
        signed_file: signed_file(head),
        create_time: Some(timestamp::to_proto(head.create_time)),
        update_time: Some(timestamp::to_proto(head.update_time)),
        archive_time: head.archive_time.map(timestamp::to_proto),
        delete_time: head.delete_time.map(timestamp::to_proto),
        etag: etag::of(head.version),
        ..content
    }
}

fn with_revision(content: ProtoContract, revision: &Revision) -> ContractRevision {
    let contract = name::format(CONTRACTS, revision.contract);
    ContractRevision {
        name: format!("{contract}/revisions/{}", revision.number),
        snapshot: Some(ProtoContract {
            revision: revision.number,
            digest: revision.digest.to_vec(),
            ..content
        }),
        author: name::format(EMPLOYEES, revision.author),
        create_time: Some(timestamp::to_proto(revision.create_time)),
    }
}

fn sign_off(sign_off: &SignOff) -> ProtoSignOff {
    let ended = sign_off.ended.as_ref();
    ProtoSignOff {
        approval: name::format(APPROVALS, sign_off.approval),
        round: sign_off.round,
        submit_time: Some(timestamp::to_proto(sign_off.submit_time)),
        outcome: ended
            .map_or(ProtoOutcome::Unspecified, |ended| outcome(ended.outcome))
            .into(),
        comment: ended.map(|ended| ended.comment.clone()).unwrap_or_default(),
        outcome_time: ended.map(|ended| timestamp::to_proto(ended.time)),
    }
}

fn signing(signing: &Signing) -> ProtoSigning {
    ProtoSigning {
        sign_date: Some(date::to_proto(signing.date)),
        company_signatory: signing.company.clone(),
        customer_signatory: signing.customer.clone(),
    }
}

fn signed_file(head: &Head) -> String {
    head.file
        .map(|version| file_name(head.id, version))
        .unwrap_or_default()
}

fn file_name(contract: Uuid, version: i32) -> String {
    format!("{}/files/{version}", name::format(CONTRACTS, contract))
}

fn state(state: State) -> contract::State {
    match state {
        State::Draft => contract::State::Draft,
        State::InApproval => contract::State::InApproval,
        State::Returned => contract::State::Returned,
        State::Rejected => contract::State::Rejected,
        State::Approved => contract::State::Approved,
        State::Signed => contract::State::Signed,
        State::Archived => contract::State::Archived,
        State::Deleted => contract::State::Deleted,
    }
}
