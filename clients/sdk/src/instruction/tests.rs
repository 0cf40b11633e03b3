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

/// `program.rs`, and `program_….rs` where the builders would not fit one file.
fn builder_files(program: &str) -> Vec<String> {
    let folder = "clients/sdk/src/instruction";
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    fs::read_dir(root.join(folder))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| {
            *name == format!("{program}.rs")
                || name.starts_with(&format!("{program}_"))
                || (program == "staking" && name == "clearance.rs")
                || (program == "credits" && name == "billing.rs")
        })
        .map(|name| format!("{folder}/{name}"))
        .collect()
}

#[test]
fn every_instruction_has_a_builder_of_its_name() {
    for program in ["staking", "proofs", "rewards", "credits"] {
        let mut builders = BTreeSet::new();
        for file in builder_files(program) {
            builders.extend(public_functions(&parse(&file).items));
        }
        assert_eq!(builders, handlers(program), "{program}");
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

#[test]
fn what_vouches_for_the_parties_is_read_back_from_an_instruction() {
    let key = |byte| Pubkey::new_from_array([byte; 32]);
    let cleared = clearance::Voucher {
        issuer: key(10),
        clearance: key(11),
        credential: None,
    };
    let attested = clearance::Voucher {
        credential: Some(key(12)),
        ..cleared
    };
    for (operator, customer) in [
        (None, None),
        (Some(cleared), None),
        (None, Some(attested)),
        (Some(attested), Some(cleared)),
    ] {
        let admission = clearance::Admission { operator, customer };
        let parties = credits::LeaseParties {
            customer: key(1),
            node_key: key(2),
            network: key(3),
            service: key(4),
            operator: key(5),
            commitment: key(6),
            admission,
        };
        let terms = credits::LeaseTerms {
            rate_per_epoch: 1,
            epochs: 1,
            period_epochs: 1,
            sla_bps: 0,
            credit_bps: 0,
            deeper_steps: Default::default(),
            credit_cap_bps: 0,
            notice_epochs: 0,
            renewal_epochs: 0,
            renewal_rate: 0,
        };
        let instruction = credits::lease_open(&parties, terms);
        let accounts: Vec<Pubkey> = instruction.accounts.iter().map(|a| a.pubkey).collect();
        let read = clearance::Admission::read(&parties.service, &accounts);
        assert_eq!(read, Some(admission));
        assert_eq!(clearance::Admission::read(&key(9), &accounts), None);
        assert_eq!(admission.shows(&key(10)), operator.or(customer).is_some());
        assert!(!admission.shows(&parties.node_key));
    }
}
