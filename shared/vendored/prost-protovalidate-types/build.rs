//! Compiles `buf/validate/validate.proto` with protox, so that no protoc binary is needed.

use std::{env, error::Error, fs, path::PathBuf};

const FILES: &[&str] = &["buf/validate/validate.proto"];
const INCLUDES: &[&str] = &["proto"];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=proto");
    let descriptors = PathBuf::from(env::var("OUT_DIR")?).join("file_descriptor_set.bin");
    // `encode_file_descriptor_set` keeps option extensions, which re-encoding the parsed set drops.
    let set = protox::Compiler::new(INCLUDES)?
        .include_imports(true)
        .open_files(FILES)?
        .encode_file_descriptor_set();
    fs::write(&descriptors, set)?;

    let mut config = prost_build::Config::new();
    config
        .skip_protoc_run()
        .file_descriptor_set_path(&descriptors);

    #[cfg(feature = "reflect")]
    prost_reflect_build::Builder::new()
        .file_descriptor_set_path(&descriptors)
        .descriptor_pool("DESCRIPTOR_POOL")
        .compile_protos_with_config(config, FILES, INCLUDES)?;
    #[cfg(not(feature = "reflect"))]
    config.compile_protos(FILES, INCLUDES)?;
    Ok(())
}
