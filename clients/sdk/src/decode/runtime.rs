//! Errors of the framework, of Solana's own programs and of the runtime.

use solana_instruction::error::InstructionError;
use solana_pubkey::Pubkey;
use solana_transaction_error::TransactionError;
use spl_token_2022_interface::error::TokenError;

use super::{program_name, DecodedError, ErrorEntry};
use crate::address;

/// Constraints that Anchor checks before a program's own code runs.
pub(super) const FRAMEWORK: &[ErrorEntry] = &[
    entry(2000, "ConstraintMut", "an account must be writable"),
    entry(
        2001,
        "ConstraintHasOne",
        "an account does not belong to another one",
    ),
    entry(
        2003,
        "ConstraintRaw",
        "a condition on the accounts does not hold",
    ),
    entry(
        2005,
        "ConstraintRentExempt",
        "an account does not hold its rent",
    ),
    entry(2007, "ConstraintExecutable", "an account is not a program"),
    entry(
        2011,
        "ConstraintClose",
        "an account cannot be closed into itself",
    ),
    entry(
        2012,
        "ConstraintAddress",
        "an account has another address than required",
    ),
    entry(
        2013,
        "ConstraintZero",
        "an account that must be empty is in use",
    ),
    entry(
        2019,
        "ConstraintSpace",
        "an account has another size than required",
    ),
    entry(
        2020,
        "ConstraintAccountIsNone",
        "an account that is needed was left out",
    ),
    entry(
        2040,
        "ConstraintDuplicateMutableAccount",
        "one account was passed in two roles",
    ),
    entry(2500, "RequireViolated", "a condition does not hold"),
    entry(
        2501,
        "RequireEqViolated",
        "two values that must be equal differ",
    ),
    entry(
        2502,
        "RequireKeysEqViolated",
        "two addresses that must be equal differ",
    ),
    entry(
        2503,
        "RequireNeqViolated",
        "two values that must differ are equal",
    ),
    entry(
        2504,
        "RequireKeysNeqViolated",
        "two addresses that must differ are equal",
    ),
    entry(2505, "RequireGtViolated", "a value is not above its limit"),
    entry(2506, "RequireGteViolated", "a value is below its limit"),
];

const CLIENT_HINT: &str =
    "the client and the program may be of different versions: update `trestle`";

const fn entry(code: u32, name: &'static str, message: &'static str) -> ErrorEntry {
    ErrorEntry {
        code,
        name,
        message,
        hint: CLIENT_HINT,
    }
}

pub(super) fn framework_entry(code: u32) -> Option<&'static ErrorEntry> {
    FRAMEWORK.iter().find(|entry| entry.code == code)
}

/// Codes of the system program, whose error type has no public decoder.
const SYSTEM: &[(&str, &str, &str)] = &[
    (
        "AccountAlreadyInUse",
        "an account with that address exists already",
        "look at it with the `show` command: the work may be done",
    ),
    (
        "ResultWithNegativeLamports",
        "the account does not hold enough SOL",
        "send it SOL and try again",
    ),
    (
        "InvalidProgramId",
        "that program id cannot own an account",
        "",
    ),
    (
        "InvalidAccountDataLength",
        "that is more data than an account can hold",
        "",
    ),
    (
        "MaxSeedLengthExceeded",
        "the seed of an address is too long",
        "",
    ),
    (
        "AddressWithSeedMismatch",
        "the address does not follow from its seed",
        "",
    ),
    (
        "NonceNoRecentBlockhashes",
        "the nonce account cannot advance yet",
        "try again",
    ),
    (
        "NonceBlockhashNotExpired",
        "the nonce is still the newest",
        "wait a block, try again",
    ),
    (
        "NonceUnexpectedBlockhashValue",
        "the nonce has moved on",
        "read it again and re-sign",
    ),
];

pub(super) fn foreign_name(program: &Pubkey) -> Option<&'static str> {
    let names = [
        (address::SYSTEM_PROGRAM_ID, "system program"),
        (address::TOKEN_PROGRAM_ID, "token program"),
        (address::TOKEN_2022_PROGRAM_ID, "token-2022 program"),
        (
            address::ASSOCIATED_TOKEN_PROGRAM_ID,
            "associated token program",
        ),
        (address::COMPUTE_BUDGET_PROGRAM_ID, "compute budget program"),
    ];
    names
        .iter()
        .find_map(|(id, name)| (id == program).then_some(*name))
}

pub(super) fn foreign_error(program: Pubkey, code: u32) -> Option<DecodedError> {
    let (name, message, hint) = if program == address::SYSTEM_PROGRAM_ID {
        let (name, message, hint) = SYSTEM.get(usize::try_from(code).ok()?)?;
        (name.to_string(), message.to_string(), *hint)
    } else if program == address::TOKEN_PROGRAM_ID || program == address::TOKEN_2022_PROGRAM_ID {
        let error = TokenError::try_from(code).ok()?;
        (format!("{error:?}"), error.to_string(), token_hint(&error))
    } else {
        return None;
    };
    Some(DecodedError {
        program: Some(program),
        program_name: Some(program_name(program)),
        instruction: None,
        code: Some(code),
        name,
        message,
        hint: (!hint.is_empty()).then(|| hint.to_string()),
    })
}

fn token_hint(error: &TokenError) -> &'static str {
    match error {
        TokenError::InsufficientFunds => "the token account holds less than that: fund it first",
        TokenError::OwnerMismatch => "sign with the key that owns the token account",
        TokenError::MintMismatch => "pass a token account of the right mint",
        TokenError::AccountFrozen => "the mint's freeze authority froze that account",
        TokenError::NonTransferable => "credits cannot be sent: each customer buys their own",
        _ => "",
    }
}

/// An instruction failed with a reason of the runtime's instead of a code.
pub(super) fn instruction_error(error: &InstructionError, program: Option<Pubkey>) -> DecodedError {
    let hint = match error {
        InstructionError::InvalidSeeds => {
            "an account is not the one derived for these inputs: check the addresses passed"
        }
        InstructionError::MissingRequiredSignature => "add the signer that the command names",
        InstructionError::UninitializedAccount | InstructionError::InvalidAccountOwner => {
            "an account does not exist yet or belongs to another program: check the network"
        }
        InstructionError::IllegalOwner => "an account belongs to another program",
        InstructionError::ComputationalBudgetExceeded
        | InstructionError::ProgramFailedToComplete => {
            "raise --with-compute-unit-limit, or leave it out to have it measured"
        }
        InstructionError::InsufficientFunds => "send SOL to the paying account",
        InstructionError::InvalidInstructionData | InstructionError::InvalidAccountData => {
            CLIENT_HINT
        }
        InstructionError::UnsupportedProgramId | InstructionError::AccountNotExecutable => {
            "the program is not deployed on this cluster: check -u/--url"
        }
        _ => "",
    };
    DecodedError {
        program,
        program_name: program.map(program_name),
        instruction: None,
        code: None,
        name: variant_name(&format!("{error:?}")),
        message: error.to_string(),
        hint: (!hint.is_empty()).then(|| hint.to_string()),
    }
}

/// The transaction failed before any instruction ran.
pub(super) fn transaction_error(error: &TransactionError) -> DecodedError {
    let hint = match error {
        TransactionError::AccountNotFound => {
            "the fee payer does not exist on this cluster: send it SOL, or check -u/--url"
        }
        TransactionError::InsufficientFundsForFee
        | TransactionError::InsufficientFundsForRent { .. } => "send SOL to the fee payer",
        TransactionError::BlockhashNotFound => "the transaction is too old: run the command again",
        TransactionError::AlreadyProcessed => "the same transaction has landed before",
        TransactionError::ProgramAccountNotFound | TransactionError::InvalidProgramForExecution => {
            "the program is not deployed on this cluster: check -u/--url"
        }
        TransactionError::SignatureFailure => "a signature does not belong to its key",
        _ => "",
    };
    DecodedError {
        program: None,
        program_name: None,
        instruction: None,
        code: None,
        name: variant_name(&format!("{error:?}")),
        message: error.to_string().trim_end_matches('.').to_string(),
        hint: (!hint.is_empty()).then(|| hint.to_string()),
    }
}

/// `InsufficientFundsForRent { account_index: 0 }` -> `InsufficientFundsForRent`.
fn variant_name(debug: &str) -> String {
    debug
        .chars()
        .take_while(|letter| letter.is_ascii_alphanumeric())
        .collect()
}
