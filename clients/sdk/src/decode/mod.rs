//! What an error means.
//!
//! Programs return a number. Under Anchor v2 the text that belongs to it exists nowhere on chain,
//! so this table is the only place where a user can learn it. A code means different things in
//! different programs: the program that failed is found in the logs first, then its code is looked
//! up.

mod runtime;
mod table;
#[cfg(test)]
mod tests;

use std::fmt;

use serde::Serialize;
use solana_instruction::error::InstructionError;
use solana_pubkey::Pubkey;
use solana_transaction_error::TransactionError;

pub use table::{CREDITS, PROOFS, REWARDS, STAKING};

use crate::encoding::base58_option;

/// One line of a program's error table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ErrorEntry {
    /// What the runtime reports as `custom program error`.
    pub code: u32,
    /// Variant's name, stable across versions.
    pub name: &'static str,
    /// What was wrong.
    pub message: &'static str,
    /// What to do about it; empty where nothing but the message helps.
    pub hint: &'static str,
}

/// A program that this table knows by name.
#[derive(Debug, Clone, Copy)]
pub struct KnownProgram {
    pub id: Pubkey,
    pub name: &'static str,
    pub errors: &'static [ErrorEntry],
}

/// The four programs of Trestle.
pub const PROGRAMS: [KnownProgram; 4] = [
    KnownProgram {
        id: crate::address::STAKING_ID,
        name: "trestle_staking",
        errors: STAKING,
    },
    KnownProgram {
        id: crate::address::PROOFS_ID,
        name: "trestle_proofs",
        errors: PROOFS,
    },
    KnownProgram {
        id: crate::address::REWARDS_ID,
        name: "trestle_rewards",
        errors: REWARDS,
    },
    KnownProgram {
        id: crate::address::CREDITS_ID,
        name: "trestle_credits",
        errors: CREDITS,
    },
];

/// An error in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DecodedError {
    /// Program that failed, where one did.
    #[serde(with = "base58_option")]
    pub program: Option<Pubkey>,
    /// Its name, or its address when it is not known.
    pub program_name: Option<String>,
    /// Position of the failed instruction in the transaction.
    pub instruction: Option<u8>,
    /// Custom code, where the program returned one.
    pub code: Option<u32>,
    /// Stable name of the error.
    pub name: String,
    /// What was wrong.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl fmt::Display for DecodedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.message)?;
        match (&self.program_name, self.code) {
            (Some(program), Some(code)) => write!(f, " ({program} {}, {code})", self.name),
            (Some(program), None) => write!(f, " ({program} {})", self.name),
            (None, _) => write!(f, " ({})", self.name),
        }
    }
}

impl std::error::Error for DecodedError {}

/// Decodes what a simulation or a status reported. `programs` are the program ids of the
/// transaction's instructions in order; they stand in where the logs were cut.
pub fn decode(error: &TransactionError, logs: &[String], programs: &[Pubkey]) -> DecodedError {
    let TransactionError::InstructionError(index, inner) = error else {
        return runtime::transaction_error(error);
    };
    let program = failing_program(logs).or_else(|| programs.get(usize::from(*index)).copied());
    let mut decoded = match inner {
        InstructionError::Custom(code) => decode_code(program, *code),
        other => runtime::instruction_error(other, program),
    };
    decoded.instruction = Some(*index);
    decoded
}

/// Decodes a custom code of a program.
pub fn decode_code(program: Option<Pubkey>, code: u32) -> DecodedError {
    let known = program.and_then(lookup(code));
    known.unwrap_or_else(|| DecodedError {
        program,
        program_name: program.map(program_name),
        instruction: None,
        code: Some(code),
        name: "Custom".to_string(),
        message: format!("the program returned error {code} (0x{code:x})"),
        hint: Some("look the code up in the documentation of that program".to_string()),
    })
}

fn lookup(code: u32) -> impl Fn(Pubkey) -> Option<DecodedError> {
    move |program| {
        let own = PROGRAMS.iter().find(|known| known.id == program);
        let entry = own.and_then(|known| known.errors.iter().find(|entry| entry.code == code));
        match (own, entry) {
            (Some(_), Some(entry)) => Some(from_entry(program, entry)),
            (Some(_), None) => {
                runtime::framework_entry(code).map(|entry| from_entry(program, entry))
            }
            (None, _) => runtime::foreign_error(program, code),
        }
    }
}

fn from_entry(program: Pubkey, entry: &ErrorEntry) -> DecodedError {
    DecodedError {
        program: Some(program),
        program_name: Some(program_name(program)),
        instruction: None,
        code: Some(entry.code),
        name: entry.name.to_string(),
        message: entry.message.to_string(),
        hint: (!entry.hint.is_empty()).then(|| entry.hint.to_string()),
    }
}

/// Name of a program, or its address.
pub fn program_name(program: Pubkey) -> String {
    PROGRAMS
        .iter()
        .find(|known| known.id == program)
        .map(|known| known.name)
        .or_else(|| runtime::foreign_name(&program))
        .map_or_else(|| program.to_string(), str::to_string)
}

/// The innermost program that failed: failures are logged from the inside out, so it is the first.
pub fn failing_program(logs: &[String]) -> Option<Pubkey> {
    logs.iter().find_map(|line| {
        let (program, rest) = line.strip_prefix("Program ")?.split_once(' ')?;
        rest.starts_with("failed")
            .then(|| program.parse().ok())
            .flatten()
    })
}
