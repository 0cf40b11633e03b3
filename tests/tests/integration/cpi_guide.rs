//! The guide for integrators quotes code that is compiled and tested: each quotation stands word
//! for word in the file that it names.

use std::{fs, path::Path};

/// A block of the guide and the file that it quotes.
struct Quotation {
    path: String,
    lines: Vec<String>,
}

fn repository() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Blocks behind a line `<!-- from PATH -->`.
fn quotations(guide: &str) -> Vec<Quotation> {
    let mut found = Vec::new();
    let (mut path, mut open) = (None, None);
    for line in guide.lines() {
        if let Some(name) = line.strip_prefix("<!-- from ") {
            path = name.strip_suffix(" -->").map(str::to_string);
        } else if line.starts_with("```") {
            match open.take() {
                Some(quotation) => found.push(quotation),
                None => {
                    open = path.take().map(|path| Quotation {
                        path,
                        lines: Vec::new(),
                    });
                }
            }
        } else if let Some(quotation) = &mut open {
            quotation.lines.push(line.trim().to_string());
        }
    }
    found
}

#[test]
fn every_quotation_of_the_guide_stands_in_its_source() {
    let guide = fs::read_to_string(repository().join("programs/CPI.md")).expect("the guide");
    let quotations = quotations(&guide);
    assert!(quotations.len() >= 5, "the guide quotes too little");
    for quotation in quotations {
        let text = fs::read_to_string(repository().join(&quotation.path)).expect("a source");
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        let wanted: Vec<&str> = quotation.lines.iter().map(String::as_str).collect();
        let stands = lines.windows(wanted.len()).any(|part| part == wanted);
        assert!(stands, "{}:\n{}", quotation.path, wanted.join("\n"));
    }
}
