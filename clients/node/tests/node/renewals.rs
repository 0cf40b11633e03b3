//! Renewals and transfers that a node signs, and those that it does not.

use crate::{
    agreements::{ask_customer, budget, voucher_places, Offer, TERMS},
    world::{Shard, World, EPOCH},
};
use solana_instruction::{AccountMeta, Instruction};
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use trestle_credits::state::LeaseTerms;
use trestle_node::chain::LeaseView;
use trestle_sdk::instruction::credits::{lease_renew, lease_transfer, RenewalConsent};

/// Epochs that the lease on the chain still runs.
const AHEAD: u64 = 20;

/// A shard that is committed to and leased on the chain.
async fn leased(world: &World) -> (Shard, Offer) {
    let shard = world.store(20_000, 1).await;
    let commitment = world.commit(&shard);
    let lease = LeaseView {
        operator: world.operator().address,
        customer: world.customer.pubkey(),
        end_epoch: EPOCH + AHEAD,
    };
    world.chain().leases.insert(commitment, lease);
    let offer = Offer::new(world, &shard);
    (shard, offer)
}

fn renewing(offer: &Offer, epochs: u64, rate: u64) -> Instruction {
    lease_renew(&offer.lease, epochs, rate, RenewalConsent::Node)
}

fn transferring(offer: &Offer, old_lease: &Pubkey) -> Instruction {
    lease_transfer(&offer.lease, old_lease, offer.terms)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lease_on_the_chain_is_extended() {
    let world = World::new().await;
    let (shard, offer) = leased(&world).await;
    let renewal = [budget(), renewing(&offer, 5, 10)];
    assert_eq!(ask_customer(&world, &renewal).await.status, 200);
    let commitment = offer.lease.commitment;
    let lease = world.chain().leases[&commitment];
    for foreign in [
        LeaseView {
            customer: Pubkey::new_unique(),
            ..lease
        },
        LeaseView {
            operator: Pubkey::new_unique(),
            ..lease
        },
    ] {
        world.chain().leases.insert(commitment, foreign);
        let answer = ask_customer(&world, &renewal).await;
        answer.expect_error(404, "lease_unknown");
    }
    world.chain().leases.remove(&commitment);
    let answer = ask_customer(&world, &renewal).await;
    answer.expect_error(404, "lease_unknown");
    world.chain().commitments.remove(&commitment);
    let answer = ask_customer(&world, &renewal).await;
    answer.expect_error(404, "commitment_unknown");
    world.commit(&shard);
    world.chain().leases.insert(commitment, lease);
    assert_eq!(ask_customer(&world, &renewal).await.status, 200);
    std::fs::remove_file(world.folder(&shard).join("data")).unwrap();
    let answer = ask_customer(&world, &renewal).await;
    answer.expect_error(410, "shard_lost");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renewal_costs_what_is_asked_now_and_binds_no_longer_than_the_node_wants() {
    let world = World::with(|settings| {
        settings.terms.credits_per_gib_epoch = 1 << 20;
        settings.terms.epochs_max = 50;
    })
    .await;
    let (_, offer) = leased(&world).await;
    // 20,000 bytes at 2^20 credits a GiB: 19.53, rounded up. 20 epochs are ahead already.
    for (epochs, rate) in [(30, 19), (31, 20), (0, 20), (u64::MAX, 20)] {
        let answer = ask_customer(&world, &[renewing(&offer, epochs, rate)]).await;
        answer.expect_error(400, "terms_refused");
    }
    // Two halves are a whole.
    let halves = [renewing(&offer, 15, 20), renewing(&offer, 16, 20)];
    let answer = ask_customer(&world, &halves).await;
    answer.expect_error(400, "terms_refused");
    let longest = [renewing(&offer, 15, 20), renewing(&offer, 15, 20)];
    assert_eq!(ask_customer(&world, &longest).await.status, 200);
    // Until these can no longer land they count, whether they have or not.
    let more = [renewing(&offer, 1, 20)];
    let answer = ask_customer(&world, &more).await;
    answer.expect_error(400, "terms_refused");
    let commitment = offer.lease.commitment;
    world.chain().leases.get_mut(&commitment).unwrap().end_epoch = EPOCH + 50;
    let answer = ask_customer(&world, &more).await;
    answer.expect_error(400, "terms_refused");
}

#[tokio::test(flavor = "multi_thread")]
async fn renewals_that_are_signed_before_one_lands_bind_no_longer_together() {
    let world = World::with(|settings| settings.terms.epochs_max = 50).await;
    let (_, offer) = leased(&world).await;
    let renewal = [renewing(&offer, 10, 10)];
    for _ in 0..3 {
        assert_eq!(ask_customer(&world, &renewal).await.status, 200);
    }
    let answer = ask_customer(&world, &renewal).await;
    answer.expect_error(400, "terms_refused");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lease_that_has_ended_binds_the_node_for_no_time() {
    let world = World::with(|settings| settings.terms.epochs_max = 50).await;
    let (_, offer) = leased(&world).await;
    // It is the chain's to refuse it.
    let commitment = offer.lease.commitment;
    world.chain().leases.get_mut(&commitment).unwrap().end_epoch = EPOCH - 1;
    let longest = [renewing(&offer, 50, 10)];
    assert_eq!(ask_customer(&world, &longest).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lease_comes_from_another_operator_on_the_terms_of_a_new_one() {
    let world = World::new().await;
    let shard = world.store(20_000, 1).await;
    let offer = Offer::new(&world, &shard);
    let old_lease = Pubkey::new_unique();
    let transfer = |offer: &Offer| [offer.registering(), transferring(offer, &old_lease)];
    assert_eq!(ask_customer(&world, &transfer(&offer)).await.status, 200);
    let dear = Offer {
        terms: LeaseTerms {
            epochs: u64::MAX,
            ..TERMS
        },
        ..Offer::new(&world, &shard)
    };
    let answer = ask_customer(&world, &transfer(&dear)).await;
    answer.expect_error(400, "terms_refused");
    // The shard must be here first.
    let absent = Offer::new(&world, &Shard::new(20_000, 2));
    let answer = ask_customer(&world, &transfer(&absent)).await;
    answer.expect_error(404, "shard_unknown");
    // A registration may not go with a transfer for something else.
    let other = Offer::new(&world, &world.store(20_000, 3).await);
    let mixed = [offer.registering(), transferring(&other, &old_lease)];
    let answer = ask_customer(&world, &mixed).await;
    answer.expect_error(400, "terms_refused");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_node_is_in_no_other_place_of_them() {
    let world = World::new().await;
    let (_, offer) = leased(&world).await;
    let old_lease = Pubkey::new_unique();
    for instruction in [
        renewing(&offer, 5, 10),
        transferring(&offer, &old_lease),
        transferring(&offer, &world.node_key),
    ] {
        for account in 0..instruction.accounts.len() {
            let mut changed = instruction.clone();
            // Its own place stays, so that the node is among the signers in any case.
            if changed.accounts[account].pubkey != world.node_key {
                changed.accounts[account] = AccountMeta::new_readonly(world.node_key, false);
            } else if account == 1 {
                continue;
            }
            let answer = ask_customer(&world, &[changed]).await;
            answer.expect_error(400, "transaction_refused");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_account_and_every_byte_of_them_counts() {
    let world = World::new().await;
    let (_, offer) = leased(&world).await;
    let old_lease = Pubkey::new_unique();
    for instruction in [renewing(&offer, 5, 10), transferring(&offer, &old_lease)] {
        for account in 0..instruction.accounts.len() {
            let mut changed = instruction.clone();
            changed.accounts[account].pubkey = Pubkey::new_unique();
            let status = ask_customer(&world, &[changed]).await.status.as_u16();
            // What vouches for the parties and which lease it leaves is the customer's choice.
            let is_free = voucher_places(&instruction, &offer.register.service).contains(&account)
                || instruction.accounts[account].pubkey == old_lease;
            assert_eq!(status == 200, is_free, "account {account}");
            assert!(matches!(status, 200 | 400 | 404), "account {account}");
        }
        for change in [
            (|one: &mut Instruction| one.data.push(0)) as fn(&mut Instruction),
            |one| one.data.truncate(one.data.len() - 1),
            |one| one.data[0] ^= 1,
            |one| one.data.truncate(3),
            |one| one.accounts.truncate(one.accounts.len() - 1),
            |one| {
                let more = AccountMeta::new_readonly(Pubkey::new_unique(), false);
                one.accounts.push(more);
            },
            |one| one.program_id = Pubkey::new_unique(),
        ] {
            let mut changed = instruction.clone();
            change(&mut changed);
            let answer = ask_customer(&world, &[changed]).await;
            answer.expect_error(400, "transaction_refused");
        }
        assert_eq!(ask_customer(&world, &[instruction]).await.status, 200);
    }
}
