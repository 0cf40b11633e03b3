//! What each kind of account costs whoever creates it: what a flood of registrations would have to
//! pay, and what a closed account gives back.

use std::{collections::BTreeSet, fmt::Write};

use anchor_lang_idl::types::{Idl, IdlArrayLen, IdlDefinedFields, IdlType, IdlTypeDefTy};
use anyhow::{bail, Context, Result};
use trestle_tests::svm::Svm;

use crate::{idl::Program, tables::grouped};

/// Bytes before the fields of an account.
const DISCRIMINATOR_LEN: usize = 8;
/// Lamports of a SOL.
const LAMPORTS_PER_SOL: u64 = 1_000_000_000;
/// Types within types. Those of accounts are two deep.
const DEPTH_MAX: usize = 8;

/// The table of rents, by size and name of the accounts that the descriptions list. A program also
/// lists those of others that it reads: each is shown with the first one, which creates it, since
/// the programs depend on one another in their order.
pub fn table(programs: &[Program]) -> Result<String> {
    let svm = Svm::new(&[]);
    let mut text = String::from(
        "| program | account | bytes | rent in lamports | accounts for 1 SOL |\n\
         |---|---|---:|---:|---:|\n",
    );
    let mut shown = BTreeSet::new();
    for program in programs {
        for account in &program.idl.accounts {
            if !shown.insert(&account.name) {
                continue;
            }
            let body = size_of_type(&program.idl, &account.name, DEPTH_MAX)
                .with_context(|| format!("the size of {} of {}", account.name, program.name))?;
            let size = DISCRIMINATOR_LEN + body;
            let rent = svm.rent(size);
            // Writing to a string cannot fail.
            let _ = writeln!(
                text,
                "| {} | `{}` | {} | {} | {} |",
                program.name,
                account.name,
                grouped(u64::try_from(size)?),
                grouped(rent),
                grouped(LAMPORTS_PER_SOL.checked_div(rent).unwrap_or_default())
            );
        }
    }
    Ok(text)
}

/// Bytes of a type that the description defines. There is no padding in it but what has a name.
fn size_of_type(idl: &Idl, name: &str, depth: usize) -> Result<usize> {
    let depth = depth.checked_sub(1).context("types too deep")?;
    let found = idl.types.iter().find(|one| one.name == name);
    let found = found.with_context(|| format!("no type {name} in the description"))?;
    let IdlTypeDefTy::Struct {
        fields: Some(IdlDefinedFields::Named(fields)),
    } = &found.ty
    else {
        bail!("{name} is no struct with fields");
    };
    fields
        .iter()
        .map(|field| size_of_field(idl, &field.ty, depth))
        .sum()
}

fn size_of_field(idl: &Idl, field: &IdlType, depth: usize) -> Result<usize> {
    Ok(match field {
        IdlType::U8 | IdlType::I8 | IdlType::Bool => 1,
        IdlType::U16 | IdlType::I16 => 2,
        IdlType::U32 | IdlType::I32 => 4,
        IdlType::U64 | IdlType::I64 => 8,
        IdlType::U128 | IdlType::I128 => 16,
        IdlType::Pubkey => 32,
        IdlType::Array(element, IdlArrayLen::Value(len)) => {
            len * size_of_field(idl, element, depth)?
        }
        IdlType::Defined { name, .. } => size_of_type(idl, name, depth)?,
        other => bail!("{other:?} has no fixed size"),
    })
}
