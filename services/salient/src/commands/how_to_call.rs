//! What `up` prints.

use std::fmt::Write as _;

use crate::{
    data_dir::DataDir,
    installation::{Installation, Person},
};

/// Everything that somebody needs to make a first call.
pub(crate) fn text(installation: &Installation, dir: &DataDir) -> String {
    let mut text = String::from("\nSalient is up. Ctrl-C stops it.\n\n");
    // Writing to a string cannot fail.
    let _ = write_to(&mut text, installation, dir);
    text
}

fn write_to(text: &mut String, installation: &Installation, dir: &DataDir) -> std::fmt::Result {
    writeln!(text, "Services (gRPC and gRPC-Web, with reflection and health):")?;
    for (service, address) in &installation.addresses {
        writeln!(text, "  {service:<22} {address}")?;
    }
    writeln!(
        text,
        "\nPeople ({} of {}), each with a token for 12 hours:",
        shown(installation).len(),
        installation.people.len()
    )?;
    for person in shown(installation) {
        let Person {
            number,
            name,
            post,
            unit_name,
            ..
        } = person;
        writeln!(text, "  {number} {name}, {}, {unit_name}", spoken(post))?;
        writeln!(text, "    {}", person.token.as_deref().unwrap_or_default())?;
    }
    let dir = dir.path().display();
    writeln!(
        text,
        "\nA token for anybody: salient token --as <name or number> --data-dir {dir}"
    )?;
    let Some(person) = installation
        .people
        .iter()
        .find(|person| person.post == "POST_SALESPERSON")
    else {
        return Ok(());
    };
    let (salesperson, dir) = (&person.number, format!("--data-dir {dir}"));
    writeln!(text, "\nTo paste into another terminal:")?;
    writeln!(text, "  salient call ListCustomers --as {salesperson} {dir}")?;
    writeln!(
        text,
        "  salient call ListContracts '{{\"page_size\": 3}}' --as {salesperson} {dir}"
    )?;
    writeln!(
        text,
        "  salient call ListTasks '{{\"box\": \"TASK_BOX_INBOX\"}}' --as {salesperson} {dir}\n"
    )
}

/// One person for each post.
fn shown(installation: &Installation) -> Vec<&Person> {
    let mut shown: Vec<&Person> = Vec::new();
    for person in installation
        .people
        .iter()
        .filter(|person| !person.post.is_empty())
    {
        if !shown.iter().any(|other| other.post == person.post) {
            shown.push(person);
        }
    }
    shown
}

/// `POST_REGIONAL_MANAGER` as people say it.
fn spoken(post: &str) -> String {
    post.trim_start_matches("POST_").replace('_', " ").to_lowercase()
}
