/// What a query or transaction is for, as spans and metrics name it. Each service has one closed enum of them.
pub trait Label: Copy + Send + 'static {
    /// The name, in snake case: `contract_submit`.
    fn name(self) -> &'static str;
}
