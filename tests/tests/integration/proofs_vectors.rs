//! Golden vectors and packed bytes: what the built program computes and calls, against what is
//! written down elsewhere.

use {
    anchor_lang::{Discriminator, InstructionData, ToAccountMetas},
    serde_json::Value,
    solana_address::Address,
    solana_signer::Signer,
    std::fs,
    trestle_core::storage::challenge_index,
    trestle_proofs::{
        address::{commitment_address, ring_address, seeds_address, slasher_address},
        error::ProofsError,
        staking_calls,
        state::RootRing,
        ID,
    },
    trestle_tests::{
        challenges::{Answer, Evidence, Storage, CHALLENGED_EPOCH},
        svm::assert_refused,
    },
};

const VECTORS: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../programs/core/vectors/storage.json"
);
/// Challenge numbers that are searched for one that asks for the index of a vector.
const NUMBERS_MAX: u32 = 10_000;

fn bytes<const N: usize>(value: &Value) -> [u8; N] {
    let text = value.as_str().expect("a string");
    hex::decode(text)
        .expect("hexadecimal")
        .try_into()
        .expect("bytes of this length")
}

fn number(value: &Value) -> u64 {
    value.as_u64().expect("a number")
}

/// An opening of the vectors and the challenge that asks for it.
struct Golden {
    commitment: Address,
    number: u32,
    answer: Answer,
}

/// Registers the commitments of the vectors and finds challenges that ask for their openings.
fn golden(storage: &mut Storage) -> Vec<Golden> {
    let text = fs::read_to_string(VECTORS).expect("the vectors");
    let vectors: Value = serde_json::from_str(&text).expect("JSON");
    let (customer, operator) = (storage.customer.insecure_clone(), storage.operator.address);
    let node = storage.operator.node.insecure_clone();
    let files = vectors["files"].as_array().expect("files");
    // No commitment is to nothing.
    let files = files.iter().filter(|file| number(&file["size_bytes"]) > 0);
    let files: Vec<&Value> = files.collect();
    for file in &files {
        let ix = storage.stage.commitment_register(
            customer.pubkey(),
            node.pubkey(),
            operator,
            bytes(&file["root"]),
            number(&file["size_bytes"]),
        );
        storage.stage.world.svm.must(&[ix], &[&customer, &node]);
    }
    storage.stage.next_epoch();
    storage.stage.record_seed().expect("a seed");
    let seeds = storage.stage.seeds_state();
    let seed = seeds.find(CHALLENGED_EPOCH + 1).expect("a seed");
    let mut found = Vec::new();
    for file in files {
        let commitment = commitment_address(&operator, &bytes(&file["root"])).0;
        let count = number(&file["leaf_count"]) as u32;
        for opening in file["openings"].as_array().expect("openings") {
            let wanted = number(&opening["index"]) as u32;
            let asks = |n: &u32| challenge_index(seed, commitment.as_array(), *n, count) == wanted;
            let path = opening["path"].as_array().expect("a path");
            found.push(Golden {
                commitment,
                number: (0..NUMBERS_MAX).find(asks).expect("a challenge"),
                answer: Answer {
                    leaf: bytes(&opening["leaf"]),
                    path: path.iter().map(bytes).collect(),
                },
            });
        }
    }
    storage.stage.next_epoch();
    found
}

#[test]
fn the_program_opens_every_golden_commitment_as_the_vectors_say() {
    let mut storage = Storage::without_seed();
    let golden = golden(&mut storage);
    assert!(golden.len() > 10);
    let answers: Vec<_> = golden
        .iter()
        .map(|golden| (golden.commitment, golden.number, golden.answer.clone()))
        .collect();
    let evidence = Evidence::of(&answers);
    let mut draft = evidence.draft();
    draft.root.epoch = CHALLENGED_EPOCH + 1;
    let proposal = storage.stage.agree(&draft);

    for Golden {
        commitment,
        number,
        answer,
    } in &golden
    {
        // Refused as unproven: the program's Poseidon led from the leaf to the golden root.
        let claim = evidence.claim(commitment, *number, answer);
        let ix = storage
            .stage
            .epoch_challenge_opening(proposal, *commitment, claim);
        let outcome = storage.stage.challenge(ix);
        assert_refused(outcome, ID, ProofsError::ChallengeNotProven);
    }
}

#[test]
fn the_packed_call_of_the_staking_program_is_the_generated_one() {
    let (signers, voted_epoch) = (0x8000_0005, 7);
    let generated = trestle_staking::instruction::BondSlash {
        signers,
        voted_epoch,
    };
    assert_eq!(
        staking_calls::data(signers, voted_epoch).to_vec(),
        generated.data()
    );
    let number = |n: u8| Address::new_from_array([n; 32]);
    let metas = trestle_staking::accounts::BondSlash {
        slasher: number(0),
        bonds: trestle_staking::groups::client::BondVault {
            network: number(1),
            verifiers: number(2),
            bond_vault: number(3),
            token_program: number(4),
        },
        token_mint: number(5),
        insurance_vault: number(6),
        challenger: number(7),
    }
    .to_account_metas(None);
    // The order and the rights with which the program fills in its call.
    let expected = [
        (true, false),
        (false, true),
        (false, true),
        (false, true),
        (false, false),
        (false, true),
        (false, true),
        (false, true),
    ];
    for (position, (meta, rights)) in metas.iter().zip(expected).enumerate() {
        assert_eq!(meta.pubkey, number(position as u8));
        assert_eq!((meta.is_signer, meta.is_writable), rights);
    }
    assert_eq!(metas.len(), expected.len());
}

#[test]
fn addresses_and_discriminators_that_other_programs_rely_on() {
    assert_eq!(slasher_address().0, trestle_staking::constants::SLASHER);
    assert_eq!(ID, trestle_staking::constants::PROOFS_ID);
    assert_eq!(ID.to_bytes(), trestle_core::program_ids::PROOFS_ID);
    assert_eq!(
        RootRing::DISCRIMINATOR,
        trestle_core::root::ROOT_RING_DISCRIMINATOR
    );
    let service = Address::new_from_array([9; 32]);
    let open = trestle_proofs::accounts::ServiceOpenResolved {
        payer: service,
        service,
    };
    let metas = open.to_account_metas(None);
    assert_eq!(metas[2].pubkey, ring_address(&service).0);
    assert_eq!(metas[3].pubkey, seeds_address(&service).0);
}

#[test]
fn error_codes_are_frozen() {
    let code = |error: ProofsError| match anchor_lang::Error::from(error) {
        anchor_lang::Error::Custom(code) => code,
        other => panic!("not a custom error: {other:?}"),
    };
    assert_eq!(code(ProofsError::NetworkPaused), 6_200);
    assert_eq!(code(ProofsError::InvariantViolated), 6_246);
}
