//! The contracts of the suite as Rust: messages, tonic clients and servers, and the descriptors that the access layer,
//! reflection and the gateway read.
//!
//! The protos beside this crate are the product's face; nothing here adds to them. Generated types stay at the edge: a
//! service turns them into its own types in `rpc/` and nowhere else.

use std::sync::LazyLock;

use prost_protovalidate::ValidationError;
use prost_reflect::DescriptorPool;

pub use generated::{google, salient::*};

/// Every file of the suite and what it imports, with option extensions, as served by reflection and read by the gateway.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));

/// The same, parsed once.
pub static POOL: LazyLock<DescriptorPool> = LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "the build script decoded the very same bytes")]
    DescriptorPool::decode(DESCRIPTORS).expect("embedded descriptors decode")
});

/// What the server asks of any request message before a handler sees it. Implemented for every message that a method takes.
pub trait Request: prost::Message + prost::Name {
    /// Checks the `buf.validate` rules of the message and everything in it.
    ///
    /// # Errors
    /// All violations found, each with its field path.
    fn check(&self) -> Result<(), ValidationError>;

    /// The idempotency key as sent; `None` where the message has no such field.
    fn request_id(&self) -> Option<&str>;
}

/// An `ErrorReason` enum of one of the services.
pub trait Reason: Copy + Send + Sync + 'static {
    /// The enum's full name, under which the descriptors hold its texts.
    const ENUM: &'static str;

    /// The value's name, as it stands in `ErrorInfo.reason`.
    fn name(self) -> &'static str;
}

macro_rules! reasons {
    ($($package:ident),*) => {$(
        impl Reason for $package::v1::ErrorReason {
            const ENUM: &'static str = concat!("salient.", stringify!($package), ".v1.ErrorReason");

            fn name(self) -> &'static str {
                self.as_str_name()
            }
        }
    )*};
}

reasons!(access, approval, contracts, customers, organization);

#[expect(
    missing_docs,
    reason = "`google` and `buf` messages come with the comments they have"
)]
#[allow(
    clippy::all,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason,
    clippy::expect_used,
    reason = "generated code"
)]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/packages.rs"));
    include!(concat!(env!("OUT_DIR"), "/validate_impl.rs"));
    include!(concat!(env!("OUT_DIR"), "/requests.rs"));
}

#[cfg(test)]
mod tests {
    use prost_reflect::MessageDescriptor;

    use super::{
        POOL, Request, contracts::v1::CreateContractRequest, organization::v1::CreateEmployeeRequest,
    };

    #[test]
    fn the_rules_of_a_request_are_checked_however_long_its_name() {
        assert!(CreateEmployeeRequest::default().check().is_err());
        assert!(CreateContractRequest::default().check().is_err());
    }

    /// A method's request with a required `request_id` is refused without one, whatever else it holds: so no request's rules were
    /// lost on the way from the proto.
    #[test]
    fn every_request_id_has_a_rule() {
        let requests: Vec<MessageDescriptor> = POOL
            .services()
            .filter(|service| service.full_name().starts_with("salient."))
            .flat_map(|service| service.methods().map(|method| method.input()).collect::<Vec<_>>())
            .filter(|request| request.get_field_by_name("request_id").is_some())
            .collect();
        assert!(requests.len() > 20);
        let rules = POOL
            .get_extension_by_name("buf.validate.field")
            .expect("vendored");
        for request in requests {
            let field = request.get_field_by_name("request_id").expect("filtered");
            assert!(field.options().has_extension(&rules), "{}", field.full_name());
        }
    }
}
