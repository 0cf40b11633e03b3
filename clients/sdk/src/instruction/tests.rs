//! Every instruction of the programs has a builder of its name, with its discriminator.

use std::{collections::BTreeSet, fs, path::PathBuf};

use sha2::{Digest, Sha256};
use solana_pubkey::Pubkey;

use super::*;
use crate::address::{self, REWARDS_ID, STAKING_ID};

fn parse(path: &str) -> syn::File {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let text = fs::read_to_string(root.join(path)).unwrap();
    syn::parse_file(&text).unwrap()
}

fn public_functions(items: &[syn::Item]) -> BTreeSet<String> {
    items
        .iter()
        .filter_map(|item| match item {
            syn::Item::Fn(function) => Some(function),
            _ => None,
        })
        .filter(|function| matches!(function.vis, syn::Visibility::Public(_)))
        .map(|function| function.sig.ident.to_string())
        .collect()
}

/// Handlers inside the module that `#[program]` marks.
fn handlers(program: &str) -> BTreeSet<String> {
    let file = parse(&format!("programs/{program}/src/lib.rs"));
    let module = file.items.into_iter().find_map(|item| match item {
        syn::Item::Mod(module) if module.ident == format!("trestle_{program}") => module.content,
        _ => None,
    });
    public_functions(&module.expect("the program's module").1)
}

#[test]
fn every_instruction_has_a_builder_of_its_name() {
    for (program, files) in [
        ("staking", &["staking"] as &[_]),
        ("proofs", &["proofs"]),
        ("rewards", &["rewards"]),
        ("credits", &["credits", "billing"]),
    ] {
        let built: BTreeSet<String> = files
            .iter()
            .map(|file| parse(&format!("clients/sdk/src/instruction/{file}.rs")))
            .flat_map(|source| public_functions(&source.items))
            .collect();
        assert_eq!(built, handlers(program), "{program}");
    }
}

#[test]
fn builders_carry_discriminator_arguments_and_signers() {
    let key = |byte| Pubkey::new_from_array([byte; 32]);
    let (depositor, source, network, operator) = (key(1), key(2), key(3), key(4));
    let instruction = staking::stake_deposit(&depositor, &source, &network, &operator, 7);
    assert_eq!(instruction.program_id, STAKING_ID);
    let discriminator = Sha256::digest(b"global:stake_deposit");
    assert_eq!(instruction.data[..8], discriminator[..8]);
    assert_eq!(instruction.data[8..], 7_u64.to_le_bytes());
    let signers: Vec<Pubkey> = instruction
        .accounts
        .iter()
        .filter(|account| account.is_signer)
        .map(|account| account.pubkey)
        .collect();
    assert_eq!(signers, [depositor]);
    let vault = address::stake_vault(&network);
    let vault = instruction
        .accounts
        .iter()
        .find(|a| a.pubkey == vault)
        .unwrap();
    assert!(vault.is_writable);
}

#[test]
fn a_push_lists_claim_and_payout_of_each_operator() {
    let key = |byte| Pubkey::new_from_array([byte; 32]);
    let service = key(1);
    let payees: Vec<rewards::PushAccounts> = (2..5)
        .map(|byte| rewards::PushAccounts {
            operator: key(byte),
            payout: key(byte + 100),
        })
        .collect();
    let push = rewards::PushArgs {
        epoch: 1,
        leaves: Vec::new(),
        proof: Vec::new(),
    };
    let instruction = rewards::reward_push(&service, &payees, push);
    assert_eq!(instruction.program_id, REWARDS_ID);
    let tail: Vec<Pubkey> = instruction
        .accounts
        .iter()
        .rev()
        .take(6)
        .map(|a| a.pubkey)
        .collect();
    let pool = address::pool(&service);
    let expected: Vec<Pubkey> = payees
        .iter()
        .flat_map(|payee| [address::claim(&pool, &payee.operator), payee.payout])
        .rev()
        .collect();
    assert_eq!(tail, expected);
    assert!(instruction
        .accounts
        .iter()
        .rev()
        .take(6)
        .all(|a| a.is_writable && !a.is_signer));
}
