//! The table is generated from the programs' own error enums. To write it again after a program
//! gained an error: `TRESTLE_WRITE_TABLE=1 cargo test -p trestle-sdk error_table`.

use std::{fs, path::PathBuf};

use anchor_lang::ErrorCode;
use proptest::prelude::*;
use solana_program_error::ProgramError;

use super::{runtime::FRAMEWORK, *};
use crate::address;

const PROGRAM_FOLDERS: [(&str, &str); 4] = [
    ("staking", "STAKING"),
    ("proofs", "PROOFS"),
    ("rewards", "REWARDS"),
    ("credits", "CREDITS"),
];

fn workspace(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(path)
}

/// The literal of `#[error_code(offset = N)]`.
fn offset_of(item: &syn::ItemEnum) -> u32 {
    let attribute = item
        .attrs
        .iter()
        .find(|attribute| attribute.path().is_ident("error_code"))
        .expect("the enum carries #[error_code]");
    let pair: syn::MetaNameValue = attribute.parse_args().expect("offset = N");
    let syn::Expr::Lit(syn::ExprLit {
        lit: syn::Lit::Int(number),
        ..
    }) = pair.value
    else {
        panic!("the offset is an integer literal")
    };
    number.base10_parse().expect("the offset is a u32")
}

fn text_of(variant: &syn::Variant) -> String {
    let attribute = variant
        .attrs
        .iter()
        .find(|attribute| attribute.path().is_ident("msg"))
        .unwrap_or_else(|| panic!("{} has a #[msg]", variant.ident));
    let text: syn::LitStr = attribute.parse_args().expect("#[msg] holds a string");
    text.value()
}

/// `What was wrong: what to do` in two parts.
fn split_text(text: &str) -> (String, &str) {
    let (message, hint) = text.split_once(": ").unwrap_or((text, ""));
    let mut letters = message.chars();
    let first = letters.next().expect("a message is not empty");
    (
        format!("{}{}", first.to_lowercase(), letters.as_str()),
        hint,
    )
}

/// A string literal in lines of at most 100 columns.
fn literal(field: &str, text: &str) -> String {
    const COLUMNS_MAX: usize = 100;
    let whole = format!("{text:?}");
    if 8 + field.len() + 2 + whole.len() < COLUMNS_MAX {
        return whole;
    }
    // The start of a continued line is not part of the string, the blank before the break is.
    let middle = text.len() / 2;
    let (at, _) = text
        .match_indices(' ')
        .min_by_key(|(at, _)| at.abs_diff(middle))
        .unwrap();
    let (first, second) = text.split_at(at + 1);
    let (first, second) = (format!("{first:?}"), format!("{second:?}"));
    let (first, second) = (first.trim_end_matches('"'), second.trim_start_matches('"'));
    format!("{first}\\\n            {second}")
}

fn table_of(folder: &str, constant: &str) -> String {
    let path = workspace(&format!("programs/{folder}/src/error.rs"));
    let source = fs::read_to_string(&path).expect("the program has an error.rs");
    let file = syn::parse_file(&source).expect("error.rs parses");
    let item = file
        .items
        .iter()
        .find_map(|item| match item {
            syn::Item::Enum(found) => Some(found),
            _ => None,
        })
        .expect("error.rs holds the enum");
    let offset = offset_of(item);
    let mut text = format!(
        "//! Generated from the error enum of `trestle_{folder}`; a test writes and checks it.\n\n\
         use crate::decode::ErrorEntry;\n\n\
         /// Errors of `trestle_{folder}`.\n\
         #[rustfmt::skip]\npub const {constant}: &[ErrorEntry] = &[\n"
    );
    for (position, variant) in item.variants.iter().enumerate() {
        assert!(
            variant.discriminant.is_none(),
            "codes follow the order of variants"
        );
        let text_of_variant = text_of(variant);
        let (message, hint) = split_text(&text_of_variant);
        let code = offset + u32::try_from(position).unwrap();
        text += &format!(
            "    ErrorEntry {{\n        code: {code},\n        name: \"{}\",\n        \
             message: {},\n        hint: {},\n    }},\n",
            variant.ident,
            literal("message", &message),
            literal("hint", hint),
        );
    }
    text + "];\n"
}

#[test]
fn error_table_holds_every_variant_of_the_programs() {
    for (folder, constant) in PROGRAM_FOLDERS {
        let expected = table_of(folder, constant);
        let path = workspace(&format!("clients/sdk/src/decode/table/{folder}.rs"));
        if std::env::var_os("TRESTLE_WRITE_TABLE").is_some() {
            fs::write(&path, &expected).unwrap();
        }
        assert!(
            fs::read_to_string(&path).unwrap() == expected,
            "run `TRESTLE_WRITE_TABLE=1 cargo test -p trestle-sdk error_table`"
        );
    }
}

#[test]
fn codes_are_unique_over_the_four_programs() {
    let mut codes: Vec<u32> = PROGRAMS
        .iter()
        .flat_map(|program| program.errors)
        .chain(FRAMEWORK)
        .map(|entry| entry.code)
        .collect();
    let count = codes.len();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), count);
}

#[test]
fn framework_table_agrees_with_the_framework() {
    let pairs = [
        (ErrorCode::ConstraintMut, "ConstraintMut"),
        (ErrorCode::ConstraintHasOne, "ConstraintHasOne"),
        (ErrorCode::ConstraintRaw, "ConstraintRaw"),
        (ErrorCode::ConstraintRentExempt, "ConstraintRentExempt"),
        (ErrorCode::ConstraintExecutable, "ConstraintExecutable"),
        (ErrorCode::ConstraintClose, "ConstraintClose"),
        (ErrorCode::ConstraintAddress, "ConstraintAddress"),
        (ErrorCode::ConstraintZero, "ConstraintZero"),
        (ErrorCode::ConstraintSpace, "ConstraintSpace"),
        (
            ErrorCode::ConstraintAccountIsNone,
            "ConstraintAccountIsNone",
        ),
        (
            ErrorCode::ConstraintDuplicateMutableAccount,
            "ConstraintDuplicateMutableAccount",
        ),
        (ErrorCode::RequireViolated, "RequireViolated"),
        (ErrorCode::RequireEqViolated, "RequireEqViolated"),
        (ErrorCode::RequireKeysEqViolated, "RequireKeysEqViolated"),
        (ErrorCode::RequireNeqViolated, "RequireNeqViolated"),
        (ErrorCode::RequireKeysNeqViolated, "RequireKeysNeqViolated"),
        (ErrorCode::RequireGtViolated, "RequireGtViolated"),
        (ErrorCode::RequireGteViolated, "RequireGteViolated"),
    ];
    assert_eq!(pairs.len(), FRAMEWORK.len());
    for (error, name) in pairs {
        let ProgramError::Custom(code) = ProgramError::from(error) else {
            panic!("{name} has no code")
        };
        let decoded = decode_code(Some(address::STAKING_ID), code);
        assert_eq!(decoded.name, name);
    }
}

#[test]
fn the_program_that_failed_decides_what_a_code_means() {
    let logs: Vec<String> = [
        format!("Program {} invoke [1]", address::STAKING_ID),
        format!("Program {} invoke [2]", address::TOKEN_PROGRAM_ID),
        format!(
            "Program {} failed: custom program error: 0x1",
            address::TOKEN_PROGRAM_ID
        ),
        format!(
            "Program {} failed: custom program error: 0x1",
            address::STAKING_ID
        ),
    ]
    .into();
    let error = TransactionError::InstructionError(2, InstructionError::Custom(1));
    let decoded = decode(&error, &logs, &[]);
    assert_eq!(decoded.program, Some(address::TOKEN_PROGRAM_ID));
    assert_eq!(decoded.name, "InsufficientFunds");
    assert_eq!(decoded.instruction, Some(2));
    assert!(decoded.hint.is_some());

    let system = decode(
        &error,
        &[],
        &[
            address::STAKING_ID,
            address::PROOFS_ID,
            address::SYSTEM_PROGRAM_ID,
        ],
    );
    assert_eq!(system.name, "ResultWithNegativeLamports");
}

#[test]
fn unknown_programs_and_codes_keep_the_number() {
    let stranger = Pubkey::new_from_array([9; 32]);
    let decoded = decode_code(Some(stranger), 6000);
    assert_eq!(decoded.name, "Custom");
    assert_eq!(decoded.program_name, Some(stranger.to_string()));
    assert!(decoded.to_string().contains("6000"), "{decoded}");
}

#[test]
fn runtime_errors_carry_their_variant_and_a_hint() {
    let decoded = decode(
        &TransactionError::InsufficientFundsForRent { account_index: 1 },
        &[],
        &[],
    );
    assert_eq!(decoded.name, "InsufficientFundsForRent");
    let seeds = TransactionError::InstructionError(0, InstructionError::InvalidSeeds);
    let decoded = decode(&seeds, &[], &[address::REWARDS_ID]);
    assert_eq!(decoded.program_name.as_deref(), Some("trestle_rewards"));
    assert!(decoded.hint.is_some());
}

proptest! {
    #[test]
    fn decoding_never_panics(code: u32, lines in proptest::collection::vec(".{0,80}", 0..8)) {
        let error = TransactionError::InstructionError(255, InstructionError::Custom(code));
        prop_assert!(!decode(&error, &lines, &[]).message.is_empty());
    }
}
