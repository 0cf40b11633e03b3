//! `claim_sync`, by its specification.

use {
    solana_signer::Signer,
    trestle_core::leaf::LeafCounters,
    trestle_rewards::{error::RewardsError, event::ClaimSynced, ID},
    trestle_tests::{
        final_roots::earned, rewards::RewardsWorld, staking::profile, svm::assert_refused,
        tokens::TOKEN,
    },
};

#[test]
fn anybody_can_sync_a_claim_with_its_own_operator() {
    let mut world = RewardsWorld::new();
    let (payee, other) = (world.payee("operator"), world.payee("other"));
    let mut ix = world.claim_sync(&payee);
    let sent = world.svm.must(std::slice::from_ref(&ix), &[]);
    println!("claim_sync: {} CU", sent.compute_units);

    ix.accounts[0].pubkey = other.keys.address;
    let outcome = world.svm.send(&[ix], &[]);
    assert_refused(outcome, ID, RewardsError::WrongOperator);
}

#[test]
fn it_pays_to_the_operators_present_payout_account_from_then_on() {
    let mut world = RewardsWorld::new();
    let mut payee = world.payee("operator");
    world.allow(TOKEN);
    world.publish(0, &[(payee.keys.address, earned(TOKEN))], 1);
    let mint = world.token_mint;
    let owner = payee.keys.authority.pubkey();
    let fresh = world.svm.put_tokens(mint, owner, 0);
    let update = world.operator_update(&payee.keys, fresh, profile(payee.keys.node.pubkey()));
    world.svm.must(&[update], &[&payee.keys.authority]);

    let before = payee.keys.purse;
    payee.keys.purse = fresh;
    let early = world.claim(&payee, 0);
    assert_refused(early, ID, RewardsError::WrongPayout);

    let ix = world.claim_sync(&payee);
    let sent = world.svm.must(&[ix], &[]);
    let event = sent.event::<ClaimSynced>().expect("an event");
    assert_eq!((event.payout_before, event.payout), (before, fresh));
    world.claim(&payee, 0).expect("paid to the new account");
    assert_eq!(world.svm.tokens(&fresh), TOKEN);
}

#[test]
fn it_notes_the_running_epoch_leaves_of_the_epochs_before_are_paid_from_then_on() {
    let mut world = RewardsWorld::new();
    let payee = world.payee("operator");
    world.allow(TOKEN);
    world.publish_unsynced(3, &[(payee.keys.address, earned(TOKEN))], 1);
    let early = world.claim(&payee, 3);
    assert_refused(early, ID, RewardsError::NotSynced);
    let ix = world.claim_sync(&payee);
    world.svm.must(&[ix], &[]);
    assert_eq!(world.claim_state(&payee).synced_epoch, 4);
    world.claim(&payee, 3).expect("paid");
}

#[test]
fn syncing_a_claim_that_is_in_step_changes_nothing() {
    let mut world = RewardsWorld::new();
    let payee = world.payee("operator");
    let before = world.svm.snapshot(&[payee.claim]);
    let ix = world.claim_sync(&payee);
    world.svm.must(&[ix], &[]);
    assert_eq!(world.svm.snapshot(&[payee.claim]), before);
}

#[test]
fn it_pays_by_leaves_whose_slashes_have_all_been_taken_from_then_on() {
    let mut world = RewardsWorld::new();
    let payee = world.payee("operator");
    world.deposit(&payee.keys, 10 * TOKEN);
    world.allow(10 * TOKEN);
    let slashed = |tokens| LeafCounters {
        slashed: 3 * TOKEN,
        ..earned(tokens)
    };
    world.publish(0, &[(payee.keys.address, slashed(0))], 2);
    world.publish(1, &[(payee.keys.address, slashed(TOKEN))], 2);
    world.slash_held(&payee, 0).expect("asked");
    world.slash_stake(&payee, 0).expect("slashed");
    let outcome = world.claim(&payee, 1);
    assert_refused(outcome, ID, RewardsError::SlashOwed);
    let ix = world.claim_sync(&payee);
    world.svm.must(&[ix], &[]);
    world.claim(&payee, 1).expect("paid again");
}
