//! Which transactions a node signs.

use crate::world::{Answer, Shard, World};
use base64::{engine::general_purpose::STANDARD, Engine};
use serde_json::json;
use solana_instruction::{AccountMeta, Instruction};
use solana_keypair::Keypair;
use solana_message::{v0, AddressLookupTableAccount, Hash, Message, VersionedMessage};
use solana_pubkey::Pubkey;
use solana_signature::Signature;
use solana_signer::Signer;
use solana_transaction::versioned::VersionedTransaction;
use std::fs;
use trestle_credits::state::{LeaseTerms, SlaStep, DEEPER_STEPS};
use trestle_proofs::address::commitment_address;
use trestle_sdk::{
    address::{self, COMPUTE_BUDGET_PROGRAM_ID, SYSTEM_PROGRAM_ID},
    instruction::{
        clearance::{Admission, Voucher},
        credits::{lease_open, LeaseParties},
        proofs::{commitment_register, CommitmentParties},
    },
    node::{http_client, NodeClient},
    send::{decode_transaction, encode_transaction, sign_partially, verify_signatures},
};

pub const TERMS: LeaseTerms = LeaseTerms {
    rate_per_epoch: 10,
    epochs: 30,
    period_epochs: 1,
    sla_bps: 9_500,
    credit_bps: 1_000,
    deeper_steps: [SlaStep {
        below_bps: 0,
        credit_bps: 0,
    }; DEEPER_STEPS],
    credit_cap_bps: 10_000,
    notice_epochs: 2,
    renewal_epochs: 0,
    renewal_rate: 0,
};

/// The instructions by which customer and node agree on a shard.
pub struct Offer {
    pub register: CommitmentParties,
    pub lease: LeaseParties,
    pub root: [u8; 32],
    pub size_bytes: u64,
    pub terms: LeaseTerms,
}

impl Offer {
    pub fn new(world: &World, shard: &Shard) -> Self {
        let operator = world.operator();
        let customer = world.customer.pubkey();
        Self {
            register: CommitmentParties {
                customer,
                node_key: world.node_key,
                network: operator.network,
                service: operator.service,
                operator: operator.address,
                admission: Admission::default(),
            },
            lease: LeaseParties {
                customer,
                node_key: world.node_key,
                network: operator.network,
                service: operator.service,
                operator: operator.address,
                admission: Admission::default(),
                commitment: commitment_address(&operator.address, &shard.root.0).0,
            },
            root: shard.root.0,
            size_bytes: shard.data.len() as u64,
            terms: TERMS,
        }
    }

    pub fn registering(&self) -> Instruction {
        commitment_register(&self.register, self.root, self.size_bytes)
    }

    pub fn leasing(&self) -> Instruction {
        lease_open(&self.lease, self.terms)
    }

    fn both(&self) -> Vec<Instruction> {
        vec![budget(), self.registering(), self.leasing()]
    }
}

pub fn budget() -> Instruction {
    Instruction {
        program_id: COMPUTE_BUDGET_PROGRAM_ID,
        accounts: vec![],
        data: [&[2][..], &400_000_u32.to_le_bytes()].concat(),
    }
}

fn unsigned(message: VersionedMessage) -> VersionedTransaction {
    let signers = usize::from(message.header().num_required_signatures);
    VersionedTransaction {
        signatures: vec![Signature::default(); signers],
        message,
    }
}

fn legacy(payer: &Pubkey, instructions: &[Instruction]) -> VersionedTransaction {
    let message = Message::new_with_blockhash(instructions, Some(payer), &Hash::default());
    unsigned(VersionedMessage::Legacy(message))
}

async fn ask(world: &World, signer: &Keypair, transaction: &VersionedTransaction) -> Answer {
    let text = encode_transaction(transaction).unwrap();
    ask_text(world, signer, &text).await
}

async fn ask_text(world: &World, signer: &Keypair, text: &str) -> Answer {
    let body = json!({ "transaction": text }).to_string();
    world
        .call(signer, "POST", "/v1/commitments/sign", body.as_bytes())
        .await
}

pub async fn ask_customer(world: &World, instructions: &[Instruction]) -> Answer {
    ask(
        world,
        &world.customer,
        &legacy(&world.customer.pubkey(), instructions),
    )
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fair_offer_is_signed_and_only_signed() {
    let world = World::new().await;
    let shard = world.store(20_000, 1).await;
    let offer = Offer::new(&world, &shard);
    let payer = world.customer.pubkey();
    let v0 = v0::Message::try_compile(&payer, &offer.both(), &[], Hash::default()).unwrap();
    let client = NodeClient::new(http_client().unwrap(), &world.url, world.node_key).unwrap();
    for mut transaction in [
        legacy(&payer, &offer.both()),
        unsigned(VersionedMessage::V0(v0)),
        legacy(&payer, &[offer.registering(), offer.leasing()]),
    ] {
        sign_partially(&mut transaction, &[&world.customer]).unwrap();
        let signed = client
            .sign_commitment(&world.customer, &transaction)
            .await
            .unwrap();
        assert_eq!(signed.message, transaction.message);
        assert_eq!(verify_signatures(&signed), Ok(()));
    }
    // Another pays the fee and the customer signs later: the node adds its own and nothing else.
    let sponsor = Keypair::new();
    let sponsored = legacy(&sponsor.pubkey(), &offer.both());
    let answer = ask(&world, &world.customer, &sponsored).await;
    let text = answer.json()["transaction"].as_str().unwrap().to_owned();
    let signed = decode_transaction(&text).unwrap();
    let added = signed
        .signatures
        .iter()
        .filter(|one| **one != Signature::default())
        .count();
    assert_eq!(added, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lease_is_renewed_for_a_commitment_on_the_chain() {
    let world = World::new().await;
    let shard = world.store(20_000, 1).await;
    let offer = Offer::new(&world, &shard);
    ask_customer(&world, &[offer.leasing()])
        .await
        .expect_error(404, "commitment_unknown");
    world.commit(&shard);
    assert_eq!(ask_customer(&world, &[offer.leasing()]).await.status, 200);
    let commitment = offer.lease.commitment;
    world
        .chain()
        .commitments
        .get_mut(&commitment)
        .unwrap()
        .customer = Pubkey::new_unique();
    ask_customer(&world, &[offer.leasing()])
        .await
        .expect_error(404, "commitment_unknown");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_node_agrees_only_to_what_it_stores_for_this_customer() {
    let world = World::new().await;
    let shard = world.store(20_000, 1).await;
    let offer = Offer::new(&world, &shard);
    let absent = Offer::new(&world, &Shard::new(20_000, 2));
    ask_customer(&world, &absent.both())
        .await
        .expect_error(404, "shard_unknown");
    let size = Offer {
        size_bytes: 20_001,
        ..Offer::new(&world, &shard)
    };
    ask_customer(&world, &size.both())
        .await
        .expect_error(400, "transaction_refused");
    let other = Keypair::new();
    world.chain().credits.insert(other.pubkey(), 5);
    let mut foreign = Offer::new(&world, &shard);
    foreign.register.customer = other.pubkey();
    foreign.lease.customer = other.pubkey();
    let transaction = legacy(&other.pubkey(), &foreign.both());
    ask(&world, &other, &transaction)
        .await
        .expect_error(403, "shard_foreign");
    // In the name of one, for the shard of another.
    let transaction = legacy(&other.pubkey(), &offer.both());
    ask(&world, &other, &transaction)
        .await
        .expect_error(400, "transaction_refused");
    fs::remove_file(world.folder(&shard).join("data")).unwrap();
    ask_customer(&world, &offer.both())
        .await
        .expect_error(410, "shard_lost");
}

#[tokio::test(flavor = "multi_thread")]
async fn terms_below_what_is_asked_are_refused() {
    let world = World::with(|settings| {
        settings.terms.credits_per_gib_epoch = 1 << 20;
        settings.terms.epochs_min = 5;
        settings.terms.epochs_max = 50;
        settings.terms.sla_bps_max = 9_900;
        settings.terms.credit_bps_max = 2_000;
        settings.terms.notice_epochs_min = 2;
        settings.terms.renewal_epochs_max = 30;
    })
    .await;
    let shard = world.store(20_000, 1).await;
    // 20,000 bytes at 2^20 credits a GiB: 19.53, rounded up.
    let fair = LeaseTerms {
        rate_per_epoch: 20,
        ..TERMS
    };
    let with = |terms| Offer {
        terms,
        ..Offer::new(&world, &shard)
    };
    for terms in [
        LeaseTerms {
            rate_per_epoch: 19,
            ..fair
        },
        LeaseTerms { epochs: 4, ..fair },
        LeaseTerms { epochs: 51, ..fair },
        LeaseTerms {
            sla_bps: 9_901,
            ..fair
        },
        LeaseTerms {
            credit_bps: 2_001,
            ..fair
        },
        LeaseTerms {
            deeper_steps: [SlaStep {
                below_bps: 5_000,
                credit_bps: 2_001,
            }; DEEPER_STEPS],
            ..fair
        },
        LeaseTerms {
            notice_epochs: 1,
            ..fair
        },
        LeaseTerms {
            renewal_epochs: 31,
            renewal_rate: 20,
            ..fair
        },
        LeaseTerms {
            renewal_epochs: 30,
            renewal_rate: 19,
            ..fair
        },
    ] {
        ask_customer(&world, &with(terms).both())
            .await
            .expect_error(400, "terms_refused");
    }
    let free = with(fair);
    ask_customer(&world, &[free.registering()])
        .await
        .expect_error(400, "terms_refused");
    assert_eq!(ask_customer(&world, &free.both()).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn storing_for_nothing_is_a_choice() {
    let world = World::with(|settings| settings.terms.lease_required = false).await;
    let shard = world.store(20_000, 1).await;
    let offer = Offer::new(&world, &shard);
    assert_eq!(
        ask_customer(&world, &[offer.registering()]).await.status,
        200
    );
}

/// Places of what vouches for the parties: the six after the policy.
pub fn voucher_places(instruction: &Instruction, service: &Pubkey) -> std::ops::Range<usize> {
    let policy = address::policy(service);
    let mut accounts = instruction.accounts.iter();
    let position = accounts.position(|meta| meta.pubkey == policy).unwrap();
    position + 1..position + 7
}

#[tokio::test(flavor = "multi_thread")]
async fn what_vouches_for_the_parties_may_be_shown_but_is_never_the_node() {
    let world = World::new().await;
    let shard = world.store(20_000, 1).await;
    let voucher = |byte, credential| Voucher {
        issuer: Pubkey::new_from_array([byte; 32]),
        clearance: Pubkey::new_from_array([byte + 1; 32]),
        credential,
    };
    let mut offer = Offer::new(&world, &shard);
    let admission = Admission {
        operator: Some(voucher(60, None)),
        customer: Some(voucher(70, Some(Pubkey::new_from_array([72; 32])))),
    };
    (offer.register.admission, offer.lease.admission) = (admission, admission);
    assert_eq!(ask_customer(&world, &offer.both()).await.status, 200);
    for position in [1, 2] {
        let places = voucher_places(&offer.both()[position], &offer.register.service);
        for place in places {
            let mut instructions = offer.both();
            instructions[position].accounts[place].pubkey = world.node_key;
            let answer = ask_customer(&world, &instructions).await;
            answer.expect_error(400, "transaction_refused");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_account_and_every_byte_of_an_instruction_counts() {
    let world = World::new().await;
    let shard = world.store(20_000, 1).await;
    let offer = Offer::new(&world, &shard);
    for (position, instruction) in [offer.registering(), offer.leasing()].iter().enumerate() {
        let with = |changed: Instruction| {
            let mut instructions = offer.both();
            instructions[position + 1] = changed;
            instructions
        };
        for account in 0..instruction.accounts.len() {
            let mut changed = instruction.clone();
            changed.accounts[account].pubkey = Pubkey::new_unique();
            let answer = ask_customer(&world, &with(changed)).await;
            // What vouches for the parties is the customer's choice.
            let status = answer.status.as_u16();
            let is_voucher =
                voucher_places(instruction, &offer.register.service).contains(&account);
            assert_eq!(status == 200, is_voucher, "account {account}");
            assert!(matches!(status, 200 | 400 | 404), "account {account}");
        }
        for change in [
            (|one: &mut Instruction| one.data.push(0)) as fn(&mut Instruction),
            |one| one.data.truncate(one.data.len() - 1),
            |one| one.data[0] ^= 1,
            |one| one.data.truncate(3),
            |one| one.accounts.truncate(one.accounts.len() - 1),
            |one| {
                one.accounts
                    .push(AccountMeta::new_readonly(Pubkey::new_unique(), false))
            },
            |one| one.program_id = Pubkey::new_unique(),
        ] {
            let mut changed = instruction.clone();
            change(&mut changed);
            let answer = ask_customer(&world, &with(changed)).await;
            answer.expect_error(400, "transaction_refused");
        }
    }
    assert_eq!(ask_customer(&world, &offer.both()).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_node_neither_pays_nor_moves_anything() {
    let world = World::new().await;
    let shard = world.store(20_000, 1).await;
    let offer = Offer::new(&world, &shard);
    let refuse = |transaction: VersionedTransaction| {
        let world = &world;
        async move {
            let answer = ask(world, &world.customer, &transaction).await;
            answer.expect_error(400, "transaction_refused")
        }
    };
    refuse(legacy(&world.node_key, &offer.both())).await;
    // Drain the node in a third instruction.
    let transfer = Instruction {
        program_id: SYSTEM_PROGRAM_ID,
        accounts: vec![
            AccountMeta::new(world.node_key, true),
            AccountMeta::new(world.customer.pubkey(), false),
        ],
        data: [&2_u32.to_le_bytes()[..], &1_u64.to_le_bytes()].concat(),
    };
    let with_transfer = [offer.both(), vec![transfer]].concat();
    refuse(legacy(&world.customer.pubkey(), &with_transfer)).await;
    // The same accounts, but the node's is writable.
    let mut writable = offer.both();
    writable[1].accounts[1].is_writable = true;
    refuse(legacy(&world.customer.pubkey(), &writable)).await;
    // Signed as if the customer were the node, without the node.
    let mut alone = Offer::new(&world, &shard);
    alone.register.node_key = world.customer.pubkey();
    alone.lease.node_key = world.customer.pubkey();
    refuse(legacy(&world.customer.pubkey(), &alone.both())).await;
    // Nothing to agree on, but the node is among the signers.
    let mut only_budget = budget();
    only_budget
        .accounts
        .push(AccountMeta::new_readonly(world.node_key, true));
    refuse(legacy(&world.customer.pubkey(), &[only_budget])).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_has_one_form() {
    let world = World::new().await;
    let shard = world.store(20_000, 1).await;
    let offer = Offer::new(&world, &shard);
    let payer = world.customer.pubkey();
    let good = encode_transaction(&legacy(&payer, &offer.both())).unwrap();
    let bytes = STANDARD.decode(&good).unwrap();
    let longer = [bytes.as_slice(), &[0]].concat();
    let shorter = &bytes[..bytes.len() - 1];
    let huge = vec![1_u8; 5_000];
    for text in [
        String::new(),
        "?".to_owned(),
        format!("{good}\n"),
        STANDARD.encode(longer),
        STANDARD.encode(shorter),
        STANDARD.encode(huge),
    ] {
        let answer = ask_text(&world, &world.customer, &text).await;
        answer.expect_error(400, "transaction_malformed");
    }
    let table = AddressLookupTableAccount {
        key: Pubkey::new_unique(),
        addresses: vec![offer.register.network, offer.register.service],
    };
    let hidden =
        v0::Message::try_compile(&payer, &offer.both(), &[table], Hash::default()).unwrap();
    let answer = ask(
        &world,
        &world.customer,
        &unsigned(VersionedMessage::V0(hidden)),
    )
    .await;
    answer.expect_error(400, "transaction_malformed");
    let answer = world
        .call(&world.customer, "POST", "/v1/commitments/sign", b"{}")
        .await;
    answer.expect_error(400, "body_malformed");
}
