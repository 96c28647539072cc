//! Compiles the trimmed LiveKit protocol files to Rust types, without needing `protoc`, and keeps their
//! descriptors: the room service translates JSON by them.

use std::error::Error;
use std::path::PathBuf;

use prost::Message;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=proto");
    let files = protox::compile(["livekit_rtc.proto", "livekit_room.proto"], ["proto"])?;
    let descriptors =
        PathBuf::from(std::env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?).join("descriptors.bin");
    std::fs::write(descriptors, files.encode_to_vec())?;
    prost_build::Config::new().enable_type_names().bytes(["."]).btree_map(["."]).compile_fds(files)?;
    Ok(())
}
