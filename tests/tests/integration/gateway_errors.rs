//! The refusals of the prepaid gateway that its specifications do not speak of, each by its code.

use {
    bytemuck::Pod,
    prepaid_gateway::{
        constants::PLAN_OPEN,
        error::GatewayError,
        state::{Gateway, Plan},
        ID,
    },
    solana_address::Address,
    solana_instruction::Instruction,
    trestle_credits::state::CustomerAccount,
    trestle_staking::state::{Network, Service},
    trestle_tests::{
        credits::terms,
        final_roots::windows,
        gateway::{GatewayWorld, PlanDeal},
        svm::assert_refused,
    },
};

/// Puts another account into the place of one.
fn instead(mut ix: Instruction, of: Address, other: Address) -> Instruction {
    let place = ix.accounts.iter().position(|meta| meta.pubkey == of);
    ix.accounts[place.expect("the account")].pubkey = other;
    ix
}

/// An account elsewhere with the same owner and the same data.
fn twin<T: anchor_lang::Discriminator + Pod>(world: &mut GatewayWorld, of: Address) -> Address {
    let original = world.svm.raw(&of).expect("an account that exists");
    assert!(original.data.starts_with(T::DISCRIMINATOR));
    let twin = world.svm.fresh_address();
    world.svm.put(twin, original.owner, original.data);
    twin
}

/// A withdrawal that the owner may make.
fn withdraw(world: &GatewayWorld) -> Instruction {
    let owner = solana_signer::Signer::pubkey(&world.owner);
    world.gateway_withdraw(owner, world.owner_stable, 1)
}

#[track_caller]
fn refused(world: &mut GatewayWorld, ix: Instruction, error: GatewayError) {
    let keys = [world.owner.insecure_clone(), world.user.insecure_clone()];
    let signs = |key: &&solana_keypair::Keypair| {
        let key = solana_signer::Signer::pubkey(*key);
        ix.accounts
            .iter()
            .any(|meta| meta.is_signer && meta.pubkey == key)
    };
    let signers: Vec<_> = keys.iter().filter(signs).collect();
    let outcome = world.svm.send(std::slice::from_ref(&ix), &signers);
    assert_refused(outcome, ID, error);
}

/// A plan whose ten epochs are settled.
fn settled() -> (GatewayWorld, PlanDeal) {
    let (mut world, deal) = GatewayWorld::leased();
    for epoch in 1..=10 {
        world.settle_with(&deal, epoch.into(), (epoch, epoch));
    }
    (world, deal)
}

#[test]
fn another_gateway_customer_account_till_or_plan_is_refused() {
    let mut world = GatewayWorld::new();
    let (gateway, account) = (world.gateway, world.account);
    let other = twin::<Gateway>(&mut world, gateway);
    let ix = instead(withdraw(&world), gateway, other);
    refused(&mut world, ix, GatewayError::WrongAddress);
    let stranger = world.svm.fresh_address();
    let ix = instead(withdraw(&world), world.customer, stranger);
    refused(&mut world, ix, GatewayError::WrongCustomer);
    let other = twin::<CustomerAccount>(&mut world, account);
    let ix = instead(withdraw(&world), account, other);
    refused(&mut world, ix, GatewayError::WrongAccount);
    let ix = instead(withdraw(&world), world.till, world.user_stable);
    refused(&mut world, ix, GatewayError::WrongTill);
    let ix = instead(withdraw(&world), world.plan, stranger);
    refused(&mut world, ix, GatewayError::WrongGateway);
}

#[test]
fn another_network_service_or_mint_is_refused() {
    let mut world = GatewayWorld::new();
    let mint = instead(world.plan_open(10), world.credit_mint, world.stable_mint);
    refused(&mut world, mint, GatewayError::WrongCreditMint);
    let (network, service) = (world.network, world.service);
    let other = twin::<Network>(&mut world, network);
    let ix = instead(world.plan_open(10), network, other);
    refused(&mut world, ix, GatewayError::WrongNetwork);

    world.pay(10_000).expect("a plan");
    let deal = world.plan_deal("operator");
    let other = twin::<Service>(&mut world, service);
    let ix = instead(world.plan_lease(&deal, terms()), service, other);
    let user = world.user.insecure_clone();
    let outcome = world.svm.send(&[ix], &[&user, &deal.operator.node]);
    assert_refused(outcome, ID, GatewayError::WrongService);
}

#[test]
fn a_plan_that_is_not_leased_or_not_over_is_not_closed() {
    let (mut world, deal) = settled();
    let (plan, account) = (world.plan, world.account);
    let before = world.plan_state();
    world
        .svm
        .edit::<Plan>(&plan, |plan| plan.status = PLAN_OPEN);
    let close = world.plan_close(&deal, true);
    refused(&mut world, close.clone(), GatewayError::PlanNotLeased);
    world.svm.edit::<Plan>(&plan, |plan| *plan = before);
    // A lease of the same customer that the plan does not know.
    world
        .svm
        .edit::<CustomerAccount>(&account, |account| account.lease_count += 1);
    refused(&mut world, close, GatewayError::PlanNotOver);
}

#[test]
fn amounts_beyond_64_bits_are_refused() {
    let mut world = GatewayWorld::new();
    let ix = world.plan_open(u64::MAX);
    refused(&mut world, ix, GatewayError::MathOverflow);
}

#[test]
fn accounts_that_do_not_add_up_are_noticed() {
    let (mut world, deal) = GatewayWorld::leased();
    let plan = world.plan;
    world
        .svm
        .edit::<Plan>(&plan, |plan| plan.consumed_before = 5_000);
    world.publish(1, &[(deal.operator.address, windows(1, 1))]);
    let leaf = world.roots.leaf(1, &deal.operator.address);
    let ix = world.plan_settle(&deal, leaf);
    refused(&mut world, ix, GatewayError::InvariantViolated);
}

#[test]
fn an_account_of_another_layout_is_refused() {
    let mut world = GatewayWorld::new();
    let account = world.account;
    world
        .svm
        .edit::<CustomerAccount>(&account, |account| account.version += 1);
    let ix = withdraw(&world);
    refused(&mut world, ix, GatewayError::WrongVersion);
}
