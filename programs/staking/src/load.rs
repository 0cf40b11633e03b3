//! What the proofs program counts of an operator's commitments, which this program reads.

use {
    crate::{constants::PROOFS_ID, error::StakingError},
    anchor_lang::{address_eq, prelude::*},
    trestle_core::{
        capacity::{LoadState, LOAD_VERSION},
        seeds::SEED_LOAD,
    },
};

/// KiB that an operator has committed to; none if it never committed to anything.
#[inline(never)]
pub fn committed_kib(account: &AccountView, operator: &Address) -> Result<u64> {
    let seeds = [SEED_LOAD, operator.as_ref()];
    if !account.owned_by(&PROOFS_ID) {
        // With another bump there would be an empty address beside every load.
        let (address, _) = find_program_address(&seeds, &PROOFS_ID);
        require!(
            address_eq(account.address(), &address),
            StakingError::WrongAddress
        );
        return Ok(0);
    }
    let data = account.try_borrow()?;
    let state = LoadState::from_account_data(&data).ok_or(StakingError::WrongAddress)?;
    require!(state.version == LOAD_VERSION, StakingError::WrongVersion);
    let address = Address::derive_address(&seeds, Some(state.bump), &PROOFS_ID);
    require!(
        address_eq(account.address(), &address),
        StakingError::WrongAddress
    );
    Ok(state.committed_kib)
}
