//! Name the devices of an operator.
//!
//! The root of a tree of device keys (`core::device`), whose signatures its reports carry. Only
//! the root is on chain: a million devices cost as much as one.
//!
//! Specification:
//! - Only the operator's controller can name the devices.
//! - Root and number are replaced as a whole.
//! - No devices have the zero root, and any others another.
//! - It works while the network is paused: the key of a stolen device must be replaceable.

use {
    crate::{
        error::StakingError,
        event::OperatorDevicesChanged,
        state::{Operator, State},
    },
    anchor_lang::prelude::*,
};

#[derive(Accounts)]
pub struct OperatorDevicesSet {
    /// The operator's controller.
    #[account(address = operator.controller @ StakingError::NotOperatorAuthority)]
    pub controller: Signer,
    /// The operator whose devices they are.
    #[account(
        mut,
        constraint = operator.is_at(operator.address()) @ StakingError::WrongAddress,
    )]
    pub operator: State<Operator>,
}

impl OperatorDevicesSet {
    pub fn operator_devices_set(
        &mut self,
        root: &[u8; 32],
        count: u32,
    ) -> Result<OperatorDevicesChanged> {
        self.operator.set_devices(root, count)?;
        self.operator.invariant()?;
        Ok(OperatorDevicesChanged {
            operator: *self.operator.address(),
            root: *root,
            count,
            _pad: [0; 4],
        })
    }
}
