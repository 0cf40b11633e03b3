//! The README says what the code does.

use crate::world::World;
use std::collections::BTreeSet;
use trestle_node::error::ErrorKind;

const README: &str = include_str!("../../README.md");

#[test]
fn every_error_stands_in_the_readme_with_its_status_and_hint() {
    let mut codes = BTreeSet::new();
    for kind in ErrorKind::all() {
        let (status, code, hint) = (kind.status().as_u16(), kind.code(), kind.hint());
        let row = format!("| {status} | `{code}` | {hint} |");
        assert!(README.contains(&row), "missing in README.md:\n{row}");
        assert!(codes.insert(code), "{code} stands twice");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_metric_stands_in_the_readme() {
    let world = World::new().await;
    world.store(100, 1).await;
    world.send("GET", "/nowhere", &[], "").await;
    world.send("GET", "/v1/shards/x", &[], "").await;
    let text = world.send("GET", "/metrics", &[], "").await;
    let text = String::from_utf8(text.body).unwrap();
    let names: BTreeSet<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("# HELP ")?.split(' ').next())
        .collect();
    assert!(names.len() >= 15, "{names:?}");
    for name in names {
        assert!(
            README.contains(&format!("`{name}`")),
            "missing in README.md: {name}"
        );
    }
}
