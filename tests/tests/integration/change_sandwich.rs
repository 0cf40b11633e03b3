//! What somebody might try who sees a change of parameters coming: to act right before and right
//! after it in one transaction, to apply it twice, or to slip in another one.

use {
    anchor_lang::prelude::ProgramError,
    solana_address::Address,
    solana_instruction::Instruction,
    solana_signer::Signer,
    trestle_core::{
        change::CHANGE_DELAY_EPOCHS,
        clearance::{Refusal, KIND_KYB, KIND_KYC},
        leaf::LeafCounters,
    },
    trestle_proofs::{error::ProofsError, ID as PROOFS},
    trestle_staking::{
        error::StakingError,
        state::{ClearanceTerms, NetworkChange, NetworkParams, ServiceChange, ServiceParams},
        ID as STAKING,
    },
    trestle_tests::{
        clearance::{asking, full_terms, known_parties, Shown},
        final_roots::{earned, Roots},
        gates::{Commitments, Gate},
        governance::{assert_applied_once, assert_undone},
        proofs::{Draft, Stage},
        rewards::RewardsWorld,
        staking::{network_params, service_params, World},
        svm::assert_refused,
        tokens::TOKEN,
    },
};

/// A shorter window and a shorter unbonding, all of a slash to the challenger.
fn network_to_come() -> NetworkParams {
    NetworkParams {
        challenge_window_seconds: 60,
        unbonding_seconds: 3_721,
        bond_slash_bps: 1,
        burn_bps: 0,
        insurance_bps: 0,
        challenger_bps: 10_000,
        ..network_params()
    }
}

/// Proposes them and waits until they are due.
fn network_change_due(world: &mut World) -> Instruction {
    let authority = world.authority.insecure_clone();
    let propose = world.network_change_propose(authority.pubkey(), network_to_come());
    world.svm.must(&[propose], &[&authority]);
    let change: NetworkChange = world.svm.get(&world.network_change());
    world.reach_epoch(change.due_epoch);
    world.network_change_apply(authority.pubkey())
}

fn service_change_due(world: &mut World, params: ServiceParams) -> Instruction {
    let authority = world.authority.insecure_clone();
    let propose = world.service_change_propose(authority.pubkey(), params);
    world.svm.must(&[propose], &[&authority]);
    let change: ServiceChange = world.svm.get(&world.service_change());
    world.reach_epoch(change.due_epoch);
    world.service_change_apply(authority.pubkey())
}

fn dearer() -> ServiceParams {
    ServiceParams {
        stake_per_gib: 2 * TOKEN,
        ..service_params()
    }
}

#[test]
fn a_change_of_a_network_or_a_service_is_applied_once_and_the_next_one_waits() {
    let mut world = World::new(&[]);
    let authority = world.authority.insecure_clone();
    let apply = network_change_due(&mut world);
    let back = NetworkParams {
        bond_slash_bps: 5_000,
        ..network_to_come()
    };
    let back = world.network_change_propose(authority.pubkey(), back);
    let why = (
        ProgramError::AccountDataTooSmall,
        StakingError::ChangeNotDue,
    );
    assert_applied_once(&mut world.svm, &authority, [&apply, &back], why);

    let apply = service_change_due(&mut world, dearer());
    let back = world.service_change_propose(authority.pubkey(), service_params());
    let why = (
        ProgramError::AccountDataTooSmall,
        StakingError::ChangeNotDue,
    );
    assert_applied_once(&mut world.svm, &authority, [&apply, &back], why);
}

#[test]
fn a_change_of_a_policy_is_applied_once_and_the_next_one_waits() {
    let mut world = World::new(&[]);
    world.operator("operator", 0);
    world.impose(asking(KIND_KYC, 0));
    let authority = world.authority.insecure_clone();
    let propose = world.policy_change_propose(authority.pubkey(), known_parties());
    world.svm.must(&[propose], &[&authority]);
    world.reach_epoch(CHANGE_DELAY_EPOCHS + 1);
    let apply = world.policy_change_apply();
    let stricter = asking(KIND_KYC | KIND_KYB, KIND_KYC);
    let next = world.policy_change_propose(authority.pubkey(), stricter);
    let why = (StakingError::NoPolicyChange, StakingError::ChangeNotDue);
    assert_applied_once(&mut world.svm, &authority, [&apply, &next], why);
}

#[test]
fn stake_that_is_lent_for_a_change_of_the_service_admits_nothing_and_stays_to_be_slashed() {
    let mut stage = Stage::new();
    let keys = stage.world.operator("operator", 100 * TOKEN);
    let customer = stage.world.svm.funded("customer");
    let apply = service_change_due(&mut stage.world, dearer());
    let gib_60 = 60 << 30;
    let register = |root| {
        let (customer, node) = (customer.pubkey(), keys.node.pubkey());
        stage.commitment_register(customer, node, keys.address, [root; 32], gib_60 / 2)
    };
    let [first, second, third] = [1, 2, 3].map(register);
    let signers = [&customer, &keys.node];
    // 60 GiB are served for 60 tokens; 90 would need 180.
    let sandwich = [first.clone(), second.clone(), apply.clone(), third.clone()];
    assert_undone(
        &mut stage.world.svm,
        &sandwich,
        &signers,
        PROOFS,
        ProofsError::OperatorUnderstaked,
    );

    let world = &mut stage.world;
    let owner = keys.authority.pubkey();
    let lend = world.stake_deposit(keys.address, owner, keys.purse, 80 * TOKEN);
    let unbond = world.stake_unbond(&keys, 80 * TOKEN);
    let withdraw = world.stake_withdraw(&keys, keys.purse);
    let lent = [lend.clone(), apply.clone(), unbond.clone(), withdraw];
    assert_undone(
        &mut world.svm,
        &lent,
        &[&keys.authority],
        STAKING,
        StakingError::NothingMatured,
    );
    world.svm.must(&[lend, apply, unbond], &[&keys.authority]);
    let operator = world.operator_state(&keys);
    assert_eq!(operator.slashable().expect("a sum"), 180 * TOKEN);
}

#[test]
fn a_root_right_before_a_shorter_window_still_waits_for_that_and_its_bonds_longer() {
    let mut stage = Stage::new();
    let apply = network_change_due(&mut stage.world);
    let epoch = stage.world.epoch() - 1;
    let proposal = stage.agree(&Draft::honest(epoch, 3, 10));
    let finalize = stage.epoch_finalize(proposal);
    let at_once = [apply.clone(), finalize.clone()];
    assert_undone(
        &mut stage.world.svm,
        &at_once,
        &[],
        PROOFS,
        ProofsError::WindowOpen,
    );

    // Asked back right after, a bond outlasts the window, and the vote on a dispute too.
    let signer = stage.verifier(0);
    let purse = stage.verifiers[0].purse;
    let exit = stage.world.verifier_exit(signer.pubkey());
    let withdraw = stage.world.verifier_withdraw(signer.pubkey(), purse);
    let escape = [apply.clone(), exit.clone(), withdraw];
    assert_undone(
        &mut stage.world.svm,
        &escape,
        &[&signer],
        STAKING,
        StakingError::BondLocked,
    );
    stage.world.svm.must(&[apply, exit], &[&signer]);
    let now = stage.world.svm.now();
    let unlock_at = stage.world.verifier_set().entries[0].exit_unlock_at;
    assert!(unlock_at > now + 3_600 + 60 + 60);
    stage.world.svm.advance(59);
    let outcome = stage.world.svm.send(std::slice::from_ref(&finalize), &[]);
    assert_refused(outcome, PROOFS, ProofsError::WindowOpen);
    stage.world.svm.advance(1);
    stage.world.svm.must(&[finalize], &[]);
}

#[test]
fn a_slash_right_before_other_shares_is_taken_once_and_shared_by_the_old_ones() {
    let mut world = World::new(&[]);
    let keys = world.operator("operator", 10 * TOKEN);
    let mut roots = Roots::new(&mut world.svm, world.service);
    let slashed = LeafCounters {
        slashed: 4 * TOKEN,
        ..LeafCounters::default()
    };
    roots.publish(&mut world.svm, 1, &[(keys.address, slashed)], 1);
    let leaf = roots.leaf(1, &keys.address);
    let slash = world.slash_apply(keys.address, roots.ring, leaf);
    let apply = network_change_due(&mut world);
    let twice = [slash.clone(), apply.clone(), slash.clone()];
    assert_undone(
        &mut world.svm,
        &twice,
        &[],
        STAKING,
        StakingError::NothingToSlash,
    );

    let supply = world.svm.supply(&world.token_mint);
    world.svm.must(&[slash, apply], &[]);
    let burned = supply - world.svm.supply(&world.token_mint);
    assert_eq!(burned, 2 * TOKEN);
    assert_eq!(world.svm.tokens(&world.insurance_vault), 2 * TOKEN);
    assert_eq!(world.network().total_stake, 6 * TOKEN);
}

/// A policy that asks who the parties are, and an issuer that knows that and no more.
fn known_to_an_issuer(world: &mut World, [operator, customer]: [Address; 2]) -> Shown {
    world.impose(known_parties());
    let issuer = world.issuer("issuer");
    let terms = ClearanceTerms {
        kinds: KIND_KYC,
        jurisdiction: 0,
        audit_tier: 0,
        ..full_terms(world.svm.now())
    };
    for subject in [operator, customer] {
        world.clear(&issuer, subject, terms);
    }
    Shown {
        policy: world.policy(),
        operator: world.vouched(&issuer, &operator),
        customer: world.vouched(&issuer, &customer),
    }
}

#[test]
fn who_enters_right_before_a_stricter_policy_enters_once_more_by_the_stricter_one_only() {
    let mut gate = Commitments::ready();
    let parties = [gate.operator(), gate.customer()];
    let shown = known_to_an_issuer(gate.world(), parties);
    let authority = gate.world().authority.insecure_clone();
    let stricter = asking(KIND_KYC | KIND_KYB, KIND_KYC | KIND_KYB);
    let propose = gate
        .world()
        .policy_change_propose(authority.pubkey(), stricter);
    gate.world().svm.must(&[propose], &[&authority]);
    gate.world().reach_epoch(CHANGE_DELAY_EPOCHS + 2);
    gate.open(&shown).expect("by the rules that hold");
    let apply = gate.world().policy_change_apply();
    gate.world().svm.must(&[apply], &[]);
    Commitments::refuse(gate.open(&shown), Refusal::KindsMissing);
}

#[test]
fn a_commission_that_is_raised_for_one_claim_takes_nothing_from_the_delegators() {
    let due = |with_raise: bool| {
        let mut world = RewardsWorld::new();
        world.allow(1_000 * TOKEN);
        let payee = world.delegated_payee(TOKEN, 3 * TOKEN, 1_000);
        world.publish(0, &[(payee.keys.address, earned(400 * TOKEN))], 1);
        let leaf = world.roots.leaf(0, &payee.keys.address);
        let sync = world.claim_sync(&payee);
        let claim = world.reward_claim(&payee, leaf);
        let [raise, lower] = [1_500, 1_000].map(|bps| world.commission_change(&payee.keys, bps));
        let owner = &payee.keys.authority;
        if with_raise {
            let sandwich = [raise, sync, claim, lower];
            world.svm.must(&sandwich, &[owner]);
        } else {
            world.svm.must(&[sync, claim], &[]);
        }
        assert_eq!(world.commission(&payee.keys), 1_000);
        world.claim_state(&payee).delegators_due_tokens
    };
    assert_eq!(due(true), due(false));
    assert!(due(false) > 0);
}
