//! What the rewards program knows of the others: layouts, addresses and calls are the originals'.

use {
    anchor_lang::Discriminator,
    core::mem::{offset_of, size_of},
    solana_address::Address,
    trestle_core::{claim::CLAIM_DISCRIMINATOR, market::MarketState},
    trestle_credits::state::Market,
    trestle_rewards::{
        constants::{CREDITS_ID, PRICE_PROGRAM},
        staking_calls,
        state::Claim,
    },
    trestle_staking::instruction,
};

#[test]
fn the_market_is_laid_out_as_the_credits_program_writes_it() {
    assert_eq!(size_of::<Market>(), size_of::<MarketState>());
    assert_eq!(offset_of!(Market, bump), offset_of!(MarketState, bump));
    assert_eq!(
        offset_of!(Market, network),
        offset_of!(MarketState, network)
    );
    assert_eq!(
        offset_of!(Market, max_conf_bps),
        offset_of!(MarketState, max_conf_bps)
    );
    assert_eq!(
        offset_of!(Market, max_age_seconds),
        offset_of!(MarketState, max_age_seconds)
    );
    assert_eq!(
        offset_of!(Market, price_account),
        offset_of!(MarketState, price_account)
    );
    assert_eq!(
        offset_of!(Market, feed_id),
        offset_of!(MarketState, feed_id)
    );
    assert_eq!(
        offset_of!(Market, tokens_burned),
        offset_of!(MarketState, tokens_burned)
    );
}

#[test]
fn programs_are_the_ones_that_the_credits_program_means() {
    assert_eq!(CREDITS_ID, trestle_credits::ID);
    assert_eq!(PRICE_PROGRAM, trestle_credits::constants::PRICE_PROGRAM);
}

#[test]
fn delegators_are_funded_as_the_staking_program_says() {
    let generated = anchor_lang::InstructionData::data(&instruction::DelegationFund {
        tokens: 7,
        stable: u64::MAX,
    });
    let packed = staking_calls::data(staking_calls::DELEGATION_FUND, 7, u64::MAX);
    assert_eq!(generated, packed.to_vec());
}

#[test]
fn slashes_of_pay_are_recorded_as_the_staking_program_says() {
    let generated = anchor_lang::InstructionData::data(&instruction::SlashRecord {
        slashed: u64::MAX,
        amount: 7,
    });
    let packed = staking_calls::data(staking_calls::SLASH_RECORD, u64::MAX, 7);
    assert_eq!(generated, packed.to_vec());
    let key = |byte| Address::new_from_array([byte; 32]);
    let ix = instruction::SlashRecord {
        slashed: 0,
        amount: 0,
    }
    .to_instruction(trestle_staking::accounts::SlashRecord {
        pool: key(1),
        operator: key(2),
    });
    let order: Vec<_> = ix
        .accounts
        .iter()
        .map(|meta| (meta.pubkey, meta.is_signer, meta.is_writable))
        .collect();
    assert_eq!(order, vec![(key(1), true, false), (key(2), false, true)]);
}

#[test]
fn the_claim_is_the_account_that_the_staking_program_reads() {
    assert_eq!(Claim::DISCRIMINATOR, CLAIM_DISCRIMINATOR);
}

#[test]
fn the_call_lists_the_accounts_in_the_staking_programs_order() {
    let key = |byte| Address::new_from_array([byte; 32]);
    let ix = instruction::DelegationFund {
        tokens: 0,
        stable: 0,
    }
    .to_instruction(trestle_staking::accounts::DelegationFund {
        distributor: key(1),
        network: key(2),
        rewards: trestle_staking::groups::client::DelegatorRewards {
            pool: key(3),
            vaults: key(4),
            token_vault: key(5),
            stable_vault: key(6),
        },
    });
    let order: Vec<_> = ix
        .accounts
        .iter()
        .map(|meta| (meta.pubkey, meta.is_signer, meta.is_writable))
        .collect();
    let expected = [
        (key(1), true, false),
        (key(2), false, false),
        (key(3), false, true),
        (key(4), false, true),
        (key(5), false, true),
        (key(6), false, true),
    ];
    assert_eq!(order, expected.to_vec());
}
