//! Each account of the instructions that set limits, settle meters and keep the treasury, replaced
//! by a wrong one.

use {
    crate::insurance_pay::insured,
    solana_signer::Signer,
    trestle_core::usage::receipt,
    trestle_credits::address::{meter_address, treasury_address},
    trestle_tests::{
        billing::{delegate_params, ed25519_check, meter_terms, topup_params},
        credits::CreditsWorld,
        matrix::{Fault, Matrix},
        svm::key,
    },
};

#[test]
fn delegate_set_first_and_again() {
    let mut world = CreditsWorld::new();
    let customer = world.customer("customer");
    let delegate = key("delegate").pubkey();
    for _ in 0..2 {
        Matrix {
            name: "delegate_set",
            instruction: world.delegate_set(&customer, delegate, delegate_params()),
            signers: vec![&customer.key],
            free: vec![],
        }
        .check(&mut world.svm);
    }
}

#[test]
fn topup_set_first_and_again() {
    let mut world = CreditsWorld::new();
    let customer = world.customer("customer");
    for _ in 0..2 {
        Matrix {
            name: "topup_set",
            instruction: world.topup_set(&customer, customer.stable, topup_params()),
            signers: vec![&customer.key],
            // Whether the account can pay, the token program says when it must.
            free: vec![
                (customer.stable, Fault::Stranger),
                (customer.stable, Fault::Twin),
                (customer.stable, Fault::ForeignOwner),
            ],
        }
        .check(&mut world.svm);
    }
}

#[test]
fn meter_settle() {
    let mut world = CreditsWorld::new();
    let (customer, operator) = world.metered(meter_terms());
    let meter = meter_address(&customer.account, &operator.address).0;
    let number = world.meter_state(&customer, &operator).number;
    let units = 10;
    let message = receipt(meter.as_array(), number, units);
    let signed = ed25519_check(&customer.key, &message);
    Matrix {
        name: "meter_settle",
        instruction: world.meter_settle(&customer, &operator, units),
        signers: vec![],
        free: vec![],
    }
    .check_after(&mut world.svm, &[signed]);
}

#[test]
fn insurance_pay() {
    let (mut world, customer) = insured();
    let authority = world.authority_key();
    Matrix {
        name: "insurance_pay",
        instruction: world.insurance_pay(authority.pubkey(), &customer, 30),
        signers: vec![&authority],
        free: vec![],
    }
    .check(&mut world.svm);
}

#[test]
fn treasury_open_and_withdraw() {
    let mut world = CreditsWorld::new();
    let payer = world.svm.funded("payer");
    Matrix {
        name: "treasury_open",
        instruction: world.treasury_open(payer.pubkey()),
        signers: vec![&payer],
        // Anybody may pay for them.
        free: vec![(payer.pubkey(), Fault::Stranger)],
    }
    .check(&mut world.svm);

    let treasury = treasury_address(&world.market).0;
    let mut state: spl_token_interface::state::Account = world.svm.packed(&treasury);
    state.amount = 500;
    world.svm.put_packed(treasury, &state);
    let authority = world.authority_key();
    let (mint, owner) = (world.stable_mint, world.svm.fresh_address());
    let destination = world.svm.put_tokens(mint, owner, 0);
    Matrix {
        name: "treasury_withdraw",
        instruction: world.treasury_withdraw(authority.pubkey(), destination, 200),
        signers: vec![&authority],
        // The authority says where it goes.
        free: vec![(destination, Fault::Twin)],
    }
    .check(&mut world.svm);
}
