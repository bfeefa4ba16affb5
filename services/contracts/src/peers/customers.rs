use salient_operation::OpContext;
use salient_peers::{Error as PeerError, PeerChannel, Peers, outbound, refused};
use salient_proto::customers::v1::{
    GetCustomerRequest, Grade, customer_service_client::CustomerServiceClient,
};
use salient_values::name;
use tonic::Code;
use uuid::Uuid;

use super::CUSTOMERS;
use crate::error::Error;

/// What a contract needs to know of its customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Customer {
    /// The customer.
    pub id: Uuid,
    /// Its name.
    pub display_name: String,
    /// Its grade (`A`), empty where it has none.
    pub grade: String,
}

/// The service `customers`.
#[derive(Clone)]
pub(crate) struct Customers(CustomerServiceClient<PeerChannel>);

impl Customers {
    pub(crate) fn new(peers: &Peers) -> Result<Self, PeerError> {
        Ok(Self(CustomerServiceClient::new(peers.channel(CUSTOMERS)?)))
    }

    /// The customer, if contracts can be made with it.
    ///
    /// Asked as this service, not as the caller: whose customer it is does not decide who may sell to it, because several regions
    /// may serve one customer.
    ///
    /// # Errors
    /// [`Error::CustomerUnavailable`] where there is none, or it is deleted.
    pub(crate) async fn get(&self, op: &OpContext, id: Uuid) -> Result<Customer, Error> {
        let request = GetCustomerRequest {
            name: name::format(CUSTOMERS, id),
        };
        let answer = self.0.clone().get_customer(outbound(op, request)).await;
        let customer = answer
            .map_err(|status| match status.code() {
                Code::NotFound => Error::CustomerUnavailable(id),
                _ => refused(CUSTOMERS, status).into(),
            })?
            .into_inner();
        if customer.delete_time.is_some() {
            return Err(Error::CustomerUnavailable(id));
        }
        Ok(Customer {
            id,
            grade: match customer.grade() {
                Grade::Unspecified => String::new(),
                grade => grade.as_str_name().trim_start_matches("GRADE_").to_owned(),
            },
            display_name: customer.display_name,
        })
    }
}
