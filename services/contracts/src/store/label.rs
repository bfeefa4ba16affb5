use salient_database::Label;

/// What queries and transactions are for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Query {
    /// Drafting.
    ContractCreate,
    /// Reading one.
    ContractGet,
    /// Reading many.
    ContractBatchGet,
    /// Listing.
    ContractList,
    /// Changing the content.
    ContractUpdate,
    /// Giving a draft up.
    ContractDelete,
    /// Submitting.
    ContractSubmit,
    /// Signing.
    ContractSign,
    /// Archiving.
    ContractArchive,
    /// Applying an outcome.
    OutcomeApply,
    /// Reading a revision.
    RevisionGet,
    /// Listing revisions.
    RevisionList,
    /// Recording a file.
    FileStore,
    /// Reading a file's record.
    FileGet,
    /// Listing files.
    FileList,
}

impl Label for Query {
    fn name(self) -> &'static str {
        match self {
            Self::ContractCreate => "contract_create",
            Self::ContractGet => "contract_get",
            Self::ContractBatchGet => "contract_batch_get",
            Self::ContractList => "contract_list",
            Self::ContractUpdate => "contract_update",
            Self::ContractDelete => "contract_delete",
            Self::ContractSubmit => "contract_submit",
            Self::ContractSign => "contract_sign",
            Self::ContractArchive => "contract_archive",
            Self::OutcomeApply => "outcome_apply",
            Self::RevisionGet => "revision_get",
            Self::RevisionList => "revision_list",
            Self::FileStore => "file_store",
            Self::FileGet => "file_get",
            Self::FileList => "file_list",
        }
    }
}
