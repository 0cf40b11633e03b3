//! Lease groups that a node joins, and those that it does not.

use crate::{
    agreements::{ask_customer, budget, voucher_places, Offer, TERMS},
    world::{Shard, World, EPOCH},
};
use solana_instruction::{AccountMeta, Instruction};
use solana_pubkey::Pubkey;
use trestle_credits::state::{GroupTerms, LeaseTerms};
use trestle_sdk::instruction::credits::lease_group_join;

/// Two of four operators, so that one that delivers everything is paid half of the rate at least.
fn terms(lease: LeaseTerms) -> GroupTerms {
    GroupTerms {
        needed: 2,
        members_max: 4,
        start_epoch: EPOCH + 2,
        lease,
    }
}

fn joining(offer: &Offer, terms: GroupTerms) -> Instruction {
    lease_group_join(&Pubkey::new_from_array([90; 32]), &offer.lease, terms)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_joins_a_group_with_what_it_stores() {
    let world = World::new().await;
    let shard = world.store(20_000, 1).await;
    let offer = Offer::new(&world, &shard);
    let fair = terms(TERMS);
    // Registered in the same transaction: the group is what pays for it.
    let both = [budget(), offer.registering(), joining(&offer, fair)];
    assert_eq!(ask_customer(&world, &both).await.status, 200);
    let alone = [joining(&offer, fair)];
    let answer = ask_customer(&world, &alone).await;
    answer.expect_error(404, "commitment_unknown");
    world.commit(&shard);
    assert_eq!(ask_customer(&world, &alone).await.status, 200);

    let absent = Offer::new(&world, &Shard::new(20_000, 2));
    let both = [absent.registering(), joining(&absent, fair)];
    let answer = ask_customer(&world, &both).await;
    answer.expect_error(404, "shard_unknown");
    std::fs::remove_file(world.folder(&shard).join("data")).unwrap();
    let answer = ask_customer(&world, &alone).await;
    answer.expect_error(410, "shard_lost");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_least_that_a_group_pays_must_be_what_is_asked() {
    let world = World::with(|settings| {
        settings.terms.credits_per_gib_epoch = 1 << 20;
        settings.terms.epochs_max = 50;
        settings.terms.notice_epochs_min = 2;
    })
    .await;
    let shard = world.store(20_000, 1).await;
    world.commit(&shard);
    let offer = Offer::new(&world, &shard);
    // 20,000 bytes at 2^20 credits a GiB: 20 credits, which are half of 40.
    let fair = LeaseTerms {
        rate_per_epoch: 40,
        ..TERMS
    };
    for lease in [
        LeaseTerms {
            rate_per_epoch: 39,
            ..fair
        },
        LeaseTerms { epochs: 51, ..fair },
        LeaseTerms {
            notice_epochs: 1,
            ..fair
        },
    ] {
        let answer = ask_customer(&world, &[joining(&offer, terms(lease))]).await;
        answer.expect_error(400, "terms_refused");
    }
    let fair = [joining(&offer, terms(fair))];
    assert_eq!(ask_customer(&world, &fair).await.status, 200);
    let nobody = GroupTerms {
        members_max: 0,
        ..terms(TERMS)
    };
    let answer = ask_customer(&world, &[joining(&offer, nobody)]).await;
    answer.expect_error(400, "terms_refused");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_account_and_every_byte_of_a_join_counts() {
    let world = World::new().await;
    let shard = world.store(20_000, 1).await;
    world.commit(&shard);
    let offer = Offer::new(&world, &shard);
    let join = joining(&offer, terms(TERMS));
    let group = 3;
    for account in 0..join.accounts.len() {
        let mut changed = join.clone();
        changed.accounts[account].pubkey = Pubkey::new_unique();
        let answer = ask_customer(&world, &[changed]).await;
        // Which group it is, and what vouches for the parties, is the customer's choice.
        let is_free =
            account == group || voucher_places(&join, &offer.lease.service).contains(&account);
        assert_eq!(answer.status == 200, is_free, "account {account}");
    }
    let changes: [fn(&mut Instruction); 5] = [
        |one| one.data.push(0),
        |one| one.data.truncate(one.data.len() - 1),
        |one| one.data[0] ^= 1,
        |one| one.accounts.truncate(one.accounts.len() - 1),
        |one| {
            let more = AccountMeta::new_readonly(Pubkey::new_unique(), false);
            one.accounts.push(more);
        },
    ];
    for change in changes {
        let mut changed = join.clone();
        change(&mut changed);
        let answer = ask_customer(&world, &[changed]).await;
        answer.expect_error(400, "transaction_refused");
    }
    let mut itself = join.clone();
    itself.accounts[group].pubkey = world.node_key;
    let answer = ask_customer(&world, &[itself]).await;
    answer.expect_error(400, "transaction_refused");
}
