//! Running the short programs that prepare a cluster.

use std::process::{Command, Stdio};

use crate::Error;

/// Runs a program to its end and returns what it wrote to its standard output.
pub(crate) fn run(command: &mut Command) -> Result<String, Error> {
    let program = command.get_program().to_string_lossy().into_owned();
    let failed = |output: String| Error::Program {
        program: program.clone(),
        output,
    };
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| failed(error.to_string()))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = [output.stdout, output.stderr].concat();
    Err(failed(format!(
        "{}\n{}",
        output.status,
        String::from_utf8_lossy(&said).trim()
    )))
}
