//! Compiles the contracts with protox (no protoc needed) into messages, tonic stubs, `buf.validate` checks and the
//! `Request` impls that let the server treat every request message alike.

use std::{
    collections::BTreeSet,
    env,
    error::Error,
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
};

use prost::Message as _;
use prost_reflect::{DescriptorPool, Kind, MessageDescriptor};
use prost_types::FileDescriptorSet;

/// The rule vocabulary itself: needed in the set, of no use as Rust types.
const NOT_GENERATED: &str = "buf.validate";

fn main() -> Result<(), Box<dyn Error>> {
    for folder in ["salient", "google", "buf"] {
        println!("cargo:rerun-if-changed={folder}");
    }
    let out = PathBuf::from(env::var("OUT_DIR")?);

    let mut files = proto_files(Path::new("salient"))?;
    // The gateway renders error details from these, though no message of ours holds them.
    files.push("google/rpc/error_details.proto".into());
    files.push("google/rpc/status.proto".into());

    // Only the encoded set keeps option extensions (access rules, validation); decoding it into `prost-types` drops them.
    let encoded = compile(&files, false)?;
    fs::write(out.join("descriptors.bin"), &encoded)?;
    let pool = DescriptorPool::decode(encoded.as_slice())?;

    let mut commented = FileDescriptorSet::decode(compile(&files, true)?.as_slice())?;
    commented.file.retain(|file| file.package() != NOT_GENERATED);
    let mut config = prost_build::Config::new();
    config
        .enable_type_names()
        .btree_map(["."])
        .include_file("packages.rs");
    tonic_prost_build::configure().compile_fds_with_config(commented, config)?;

    prost_protovalidate_build::Builder::new()
        .file_descriptor_set_bytes(encoded)
        .fail_on_runtime_only(true)
        .compile()?;
    let checks = fs::read_to_string(out.join("validate_impl.rs"))?;
    // The generator breaks long lines; what is searched for below must stand on one.
    let checks = checks.split_whitespace().collect::<Vec<_>>().join(" ");
    fs::write(out.join("requests.rs"), request_impls(&pool, &checks)?)?;
    Ok(())
}

fn compile(files: &[PathBuf], comments: bool) -> Result<Vec<u8>, protox::Error> {
    Ok(protox::Compiler::new(["."])?
        .include_imports(true)
        .include_source_info(comments)
        .open_files(files)?
        .encode_file_descriptor_set())
}

fn proto_files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(proto_files(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "proto") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// One `Request` impl for each message that a method of the suite takes.
fn request_impls(pool: &DescriptorPool, checks: &str) -> Result<String, Box<dyn Error>> {
    let requests: BTreeSet<String> = pool
        .services()
        .filter(|service| service.full_name().starts_with("salient."))
        .flat_map(|service| service.methods().map(|method| method.input()).collect::<Vec<_>>())
        .map(|message| request_impl(&message, checks))
        .collect::<Result<_, _>>()?;
    let mut source = String::new();
    for request in requests {
        writeln!(source, "{request}")?;
    }
    Ok(source)
}

/// Messages without rules get no `Validate` impl from the generator, and need none.
fn request_impl(message: &MessageDescriptor, checks: &str) -> Result<String, Box<dyn Error>> {
    let path = rust_path(message);
    let check = if checks.contains(&format!("Validate for {path} ")) {
        "prost_protovalidate::Validate::validate(self)"
    } else if has_rules(message)? {
        // Found out here, and not by somebody whose request went through unchecked.
        return Err(format!("{} has rules, and nothing that checks them", message.full_name()).into());
    } else {
        "Ok(())"
    };
    let request_id = match message.get_field_by_name("request_id") {
        Some(field) if matches!(field.kind(), Kind::String) => "Some(&self.request_id)",
        _ => "None",
    };
    Ok(format!(
        "impl crate::Request for {path} {{\n\
         \x20   fn check(&self) -> Result<(), prost_protovalidate::ValidationError> {{ {check} }}\n\
         \x20   fn request_id(&self) -> Option<&str> {{ {request_id} }}\n\
         }}"
    ))
}

fn has_rules(message: &MessageDescriptor) -> Result<bool, Box<dyn Error>> {
    let pool = message.parent_pool();
    let rules = pool
        .get_extension_by_name("buf.validate.field")
        .ok_or("buf/validate is not vendored")?;
    Ok(message
        .fields()
        .any(|field| field.options().has_extension(&rules)))
}

fn rust_path(message: &MessageDescriptor) -> String {
    format!(
        "{}::{}",
        message.package_name().replace('.', "::"),
        message.name()
    )
}
