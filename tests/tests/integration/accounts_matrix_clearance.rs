//! Every account of the instructions of issuers, clearances and policies, and of what a policy
//! guards, replaced by a wrong one.

use {
    solana_address::Address,
    solana_instruction::Instruction,
    solana_keypair::Keypair,
    solana_signer::Signer,
    trestle_core::clearance::KIND_KYC,
    trestle_tests::{
        clearance::{asking, full_terms, issuer_params, known_parties, show, Shown, YEAR},
        credits::{terms, CreditsWorld},
        matrix::{Fault, Matrix},
        proofs::Stage,
        staking::World,
        svm::{key, Svm},
        tokens::TOKEN,
    },
};

fn check(
    svm: &mut Svm,
    name: &str,
    instruction: Instruction,
    signers: &[&Keypair],
    free: &[(Address, Fault)],
) {
    let matrix = Matrix {
        name,
        instruction,
        signers: signers.to_vec(),
        free: free.to_vec(),
    };
    matrix.check(svm);
}

#[test]
fn issuer_admit_and_revoke() {
    let mut world = World::new(&[]);
    let (authority, issuer) = (key("authority"), key("issuer").pubkey());
    let ix = world.issuer_admit(authority.pubkey(), issuer_params(issuer));
    let address = ix.accounts[2].pubkey;
    check(&mut world.svm, "issuer_admit", ix, &[&authority], &[]);
    let ix = world.issuer_revoke(authority.pubkey(), address);
    check(&mut world.svm, "issuer_revoke", ix, &[&authority], &[]);
}

#[test]
fn clearance_grant_revoke_and_close() {
    let mut world = World::new(&[]);
    let issuer = world.issuer("issuer");
    let (subject, terms) = (key("subject").pubkey(), full_terms(world.svm.now()));
    let ix = world.clearance_grant(&issuer, subject, terms);
    let clearance = ix.accounts[2].pubkey;
    check(&mut world.svm, "clearance_grant", ix, &[&issuer.key], &[]);
    let ix = world.clearance_grant(&issuer, subject, terms);
    check(&mut world.svm, "a renewal", ix, &[&issuer.key], &[]);
    let ix = world.clearance_revoke(&issuer, clearance);
    check(&mut world.svm, "clearance_revoke", ix, &[&issuer.key], &[]);
    world.svm.advance(YEAR);
    let ix = world.clearance_close(&issuer, clearance);
    check(&mut world.svm, "clearance_close", ix, &[], &[]);
}

#[test]
fn policy_create_change_and_apply() {
    let mut world = World::new(&[]);
    let authority = key("authority");
    world.operator("operator", 0);
    let ix = world.policy_create(authority.pubkey(), known_parties());
    check(&mut world.svm, "policy_create", ix, &[&authority], &[]);
    let ix = world.policy_change_propose(authority.pubkey(), asking(KIND_KYC, 0));
    let svm = &mut world.svm;
    check(svm, "policy_change_propose", ix, &[&authority], &[]);
    world.svm.advance(3 * 3_600);
    let ix = world.policy_change_apply();
    check(&mut world.svm, "policy_change_apply", ix, &[], &[]);
    let ix = world.policy_change_propose(authority.pubkey(), known_parties());
    world.svm.must(&[ix], &[&authority]);
    let ix = world.policy_change_cancel(authority.pubkey());
    let svm = &mut world.svm;
    check(svm, "policy_change_cancel", ix, &[&authority], &[]);
}

/// A policy that asks for both, and two clearances that show it.
fn cleared(world: &mut World, operator: Address, customer: Address) -> (Shown, Address) {
    world.impose(known_parties());
    let issuer = world.issuer("issuer");
    let terms = full_terms(world.svm.now());
    for subject in [operator, customer] {
        world.clear(&issuer, subject, terms);
    }
    let filler = world.svm.fresh_address();
    let mut shown = Shown {
        policy: world.policy(),
        operator: world.vouched(&issuer, &operator),
        customer: world.vouched(&issuer, &customer),
    };
    // Clearances need no credential: whatever stands there.
    (shown.operator.credential, shown.customer.credential) = (filler, filler);
    (shown, filler)
}

#[test]
fn commitment_register_with_a_policy() {
    let mut stage = Stage::new();
    let operator = stage.world.operator("operator", 100 * TOKEN);
    let customer = stage.world.svm.funded("customer");
    let (wallet, node) = (operator.authority.pubkey(), operator.node.pubkey());
    let (shown, filler) = cleared(&mut stage.world, wallet, customer.pubkey());
    let ix = stage.commitment_register(customer.pubkey(), node, operator.address, [1; 32], 1_000);
    let ix = show(ix, &shown.policy, &shown);
    let signers = [&customer, &operator.node];
    let free = [(filler, Fault::Stranger)];
    let svm = &mut stage.world.svm;
    check(svm, "commitment_register", ix, &signers, &free);
}

#[test]
fn lease_open_with_a_policy() {
    let mut world = CreditsWorld::new();
    let customer = world.rich_customer("customer", 100_000);
    let deal = world.deal("operator", &customer);
    let wallet = deal.operator.authority.pubkey();
    let (shown, filler) = cleared(&mut world.staking, wallet, customer.key.pubkey());
    let ix = world.lease_open(&customer, &deal, terms());
    let ix = show(ix, &shown.policy, &shown);
    let signers = [&customer.key, &deal.operator.node];
    let free = [(filler, Fault::Stranger)];
    check(&mut world.staking.svm, "lease_open", ix, &signers, &free);
}

#[test]
fn lease_renew_with_a_policy() {
    let mut world = CreditsWorld::new();
    let (customer, deal) = world.lease(terms());
    let wallet = deal.operator.authority.pubkey();
    let (shown, filler) = cleared(&mut world.staking, wallet, customer.key.pubkey());
    let ix = world.lease_renew(&customer, &deal, 5, 1_000, true);
    let ix = show(ix, &shown.policy, &shown);
    let signers = [&customer.key, &deal.operator.node];
    let free = [(filler, Fault::Stranger)];
    check(&mut world.staking.svm, "lease_renew", ix, &signers, &free);
}
