use salient_database::{Connection, NewEvent, Tx};
use salient_operation::OpContext;
use salient_proto::contracts::v1::{Contract as ProtoContract, ContractUpdated, UpdateContractRequest};
use salient_values::{etag, mask::Mask, name};
use uuid::Uuid;

use super::{
    answer::{self, APPROVALS},
    command::{self, CONTENT_FIELDS},
    load,
};
use crate::{
    App,
    domain::{Contract, State, Verb},
    error::Error,
    store::{Query, revision_insert},
};

/// Changes a contract's content (P6.1.1). A sign-off that is open is ended first, by the orchestrator, whose row decides between the
/// edit and a decision at the same instant; what was decided is not edited.
pub(super) async fn update_contract(
    app: &App,
    op: OpContext,
    request: UpdateContractRequest,
) -> Result<ProtoContract, Error> {
    let sent = request.contract.unwrap_or_default();
    let id = command::contract_id(&sent.name, "contract.name")?;
    let mask = Mask::new(request.update_mask, &CONTENT_FIELDS)?;

    let superseded = match end_sign_off(app, &op, id, &sent, &mask).await {
        Ok(superseded) => superseded,
        // A repeat is answered as it was, whatever the contract says by now.
        Err(error) => return app.database.or_answered(&op, Err(error)).await,
    };

    let change = async |tx: &mut Tx| {
        let mut contract = load::contract_to_change(tx, &op, id, "").await?;
        // The outcome of our own superseding may have been delivered before us; the version counts that, the content does not.
        if superseded.is_none() {
            etag::check(&sent.etag, contract.head.version, &sent.name)?;
        }
        refuse_unless_free(&contract, superseded)?;
        let loaded_at = contract.head.version;
        let content = command::changed(&contract.content, sent.clone(), &mask)?;
        contract.edit(content, superseded.is_some(), tx.now())?;
        load::save(tx, &contract, loaded_at).await?;
        revision_insert(tx, &contract, op.person()?.person).await?;
        let response = answer::contract(&contract)?;
        tx.announce(NewEvent::of(
            response.name.clone(),
            &ContractUpdated {
                contract: Some(response.clone()),
                superseded_approval: superseded
                    .map(|seen| name::format(APPROVALS, seen.approval))
                    .unwrap_or_default(),
            },
        ));
        Ok::<_, Error>(response)
    };
    app.database.mutate(&op, Query::ContractUpdate, change).await
}

/// A contract as it was when its sign-off was ended for an edit.
#[derive(Clone, Copy)]
struct Superseded {
    approval: Uuid,
    revision: i64,
}

/// Ends the contract's sign-off where it is in one, after everything that could refuse the edit was checked: an edit that is refused
/// leaves the sign-off alone.
async fn end_sign_off(
    app: &App,
    op: &OpContext,
    id: Uuid,
    sent: &ProtoContract,
    mask: &Mask,
) -> Result<Option<Superseded>, Error> {
    let read = async |connection: &mut Connection| load::contract(connection, op, id).await;
    let mut contract = app.database.read(op, Query::ContractGet, read).await?;
    let Some(sign_off) = contract.head.sign_off.clone() else {
        return Ok(None);
    };
    if contract.head.state != State::InApproval {
        return Ok(None);
    }
    etag::check(&sent.etag, contract.head.version, &sent.name)?;
    let seen = Superseded {
        approval: sign_off.approval,
        revision: contract.head.revision,
    };
    let now = contract.head.update_time;
    contract.edit(
        command::changed(&contract.content, sent.clone(), mask)?,
        true,
        now,
    )?;
    if answered(app, op, id).await? {
        // A repeat. The sign-off is that of a later submission, and not to be ended by an edit that was made before it.
        return Err(Error::Changed(id));
    }
    app.approvals.supersede(op, &contract.head, seen.approval).await?;
    Ok(Some(seen))
}

/// Whether this very request was answered before.
async fn answered(app: &App, op: &OpContext, id: Uuid) -> Result<bool, Error> {
    let stored: Result<ProtoContract, Error> = app.database.or_answered(op, Err(Error::Changed(id))).await;
    match stored {
        Ok(_) => Ok(true),
        Err(Error::Changed(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Whether nothing has happened since the sign-off was ended but that. A contract that has been submitted (again) meanwhile is not
/// edited under its new sign-off.
fn refuse_unless_free(contract: &Contract, superseded: Option<Superseded>) -> Result<(), Error> {
    let head = &contract.head;
    head.allows(Verb::Edit)?;
    let approval = head.sign_off.as_ref().map(|sign_off| sign_off.approval);
    let free = match superseded {
        Some(seen) => approval == Some(seen.approval) && head.revision == seen.revision,
        None => head.state != State::InApproval,
    };
    if free {
        Ok(())
    } else {
        Err(Error::Changed(head.id))
    }
}
