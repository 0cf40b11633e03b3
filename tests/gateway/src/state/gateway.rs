//! A gateway: one customer of Trestle, and a till.

use {
    crate::{
        address::is_derived,
        constants::{SEED_CUSTOMER, SEED_GATEWAY, SEED_PLAN, VERSION},
        error::GatewayError,
    },
    anchor_lang::prelude::*,
    core::mem::{offset_of, size_of},
};

/// PDA `["gateway", network, owner, number]`.
#[account]
pub struct Gateway {
    /// Layout version.
    pub version: u8,
    /// Bump of this account's own address.
    pub bump: u8,
    /// Bump of the customer's address.
    pub customer_bump: u8,
    /// Bump of the address of the plan, which may not exist.
    pub plan_bump: u8,
    /// Tells the gateways of an owner apart.
    pub number: u32,
    /// The network whose credits it buys.
    pub network: Address,
    /// Who earns what plans use up.
    pub owner: Address,
    /// The network's credit market.
    pub market: Address,
    /// Trestle's customer: an address of this program without data.
    pub customer: Address,
    /// The customer's account with the network.
    pub account: Address,
    /// Token account with the stablecoin; its authority is the customer.
    pub till: Address,
}

const _: () = assert!(size_of::<Gateway>() == 200);
const _: () = assert!(offset_of!(Gateway, till) == 168);

/// What a gateway is made of.
pub struct GatewayAccounts {
    pub bump: u8,
    pub customer_bump: u8,
    pub plan_bump: u8,
    pub number: u32,
    pub network: Address,
    pub owner: Address,
    pub market: Address,
    pub customer: Address,
    pub account: Address,
    pub till: Address,
}

/// Signs as a gateway's customer.
pub struct CustomerSigner {
    gateway: Address,
    bump: [u8; 1],
}

impl CustomerSigner {
    #[inline(always)]
    pub fn seeds(&self) -> [&[u8]; 3] {
        [SEED_CUSTOMER, self.gateway.as_ref(), &self.bump]
    }
}

impl Gateway {
    /// Writes a fresh gateway.
    pub fn open(&mut self, accounts: &GatewayAccounts) {
        self.version = VERSION;
        self.bump = accounts.bump;
        self.customer_bump = accounts.customer_bump;
        self.plan_bump = accounts.plan_bump;
        self.number = accounts.number;
        self.network = accounts.network;
        self.owner = accounts.owner;
        self.market = accounts.market;
        self.customer = accounts.customer;
        self.account = accounts.account;
        self.till = accounts.till;
    }

    /// Whether `address` is the one that network, owner and number give.
    pub fn is_at(&self, address: &Address) -> bool {
        let number = self.number.to_le_bytes();
        let seeds = [
            SEED_GATEWAY,
            self.network.as_ref(),
            self.owner.as_ref(),
            &number,
        ];
        is_derived(&seeds, self.bump, address)
    }

    /// Whether `address` is the one of the plan of the gateway at `gateway`.
    pub fn is_plan(&self, gateway: &Address, address: &Address) -> bool {
        is_derived(&[SEED_PLAN, gateway.as_ref()], self.plan_bump, address)
    }

    /// Signs as the customer of the gateway at `gateway`.
    #[inline(always)]
    pub fn signer(&self, gateway: &Address) -> CustomerSigner {
        CustomerSigner {
            gateway: *gateway,
            bump: [self.customer_bump],
        }
    }

    /// What holds after every instruction: the till holds at least what users are owed.
    pub fn invariant(&self, till: u64, owed: u64) -> Result<()> {
        require!(
            self.version == VERSION && self.customer != Address::default(),
            GatewayError::InvariantViolated
        );
        require!(till >= owed, GatewayError::FloatTooSmall);
        Ok(())
    }
}
