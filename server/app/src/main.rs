//! The binary `onedoor`.

use std::process::ExitCode;

fn main() -> ExitCode {
    onedoor::cli::main()
}
