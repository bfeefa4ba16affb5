use salient_proto::DESCRIPTORS;
use tonic_reflection::server::{Builder, Error};

use crate::Routes;

/// Adds reflection for the services named, in both versions that clients speak.
pub(crate) fn add(routes: Routes, services: &[&'static str]) -> Result<Routes, Error> {
    let builder = || {
        // The encoded set, not a decoded one: decoding drops the options that hold access and validation rules.
        let builder = Builder::configure().register_encoded_file_descriptor_set(DESCRIPTORS);
        services
            .iter()
            .fold(builder, |builder, name| builder.with_service_name(*name))
    };
    Ok(routes
        .add_service(builder().build_v1()?)
        .add_service(builder().build_v1alpha()?))
}
