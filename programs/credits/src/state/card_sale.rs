//! A card sale: which payment bought how many credits, and whether it can still be reversed.

use {
    crate::{
        address::is_derived,
        constants::{
            CHARGEBACK_DECIDED_SECONDS, CHARGEBACK_LOST_SECONDS, SALE_FROZEN, SALE_KEPT, SALE_OPEN,
            SALE_REVERSED, VERSION,
        },
        error::CreditsError,
        ID,
    },
    anchor_lang::{address_eq, prelude::*},
    core::mem::{offset_of, size_of},
    trestle_core::{seeds::SEED_CARD_SALE, units::Credits},
    trestle_staking::versioned::Layout,
};

/// PDA `["card_sale", market, payment_id]`.
#[account]
pub struct CardSale {
    /// Layout version; zero before the sale.
    pub version: u8,
    /// Bump of this account's own address.
    pub bump: u8,
    /// 1 open, 2 frozen by a chargeback, 3 reversed, 4 kept by the customer.
    pub status: u8,
    /// Zero.
    pub _pad: [u8; 5],
    /// The market whose credits were sold.
    pub market: Address,
    /// The account of the customer who bought.
    pub account: Address,
    /// What the payment processor calls the payment, hashed or padded to 32 bytes.
    pub payment_id: [u8; 32],
    /// Who paid the rent, and gets it back.
    pub payer: Address,
    /// Credits that were bought.
    pub credits: u64,
    /// Credits of the customer that the chargeback froze.
    pub frozen: u64,
    /// Unix seconds from which the sale cannot be reversed.
    pub final_at: i64,
    /// Unix seconds at which the chargeback froze the credits.
    pub frozen_at: i64,
}

const _: () = assert!(size_of::<CardSale>() == 168);
const _: () = assert!(offset_of!(CardSale, market) == 8);
const _: () = assert!(offset_of!(CardSale, account) == 40);
const _: () = assert!(offset_of!(CardSale, credits) == 136);

impl Layout for CardSale {
    const VERSION: u8 = VERSION;
}

/// Who buys what with which payment.
pub struct CardPurchase {
    pub bump: u8,
    pub market: Address,
    pub account: Address,
    pub payment_id: [u8; 32],
    pub payer: Address,
    pub credits: Credits,
    pub final_at: i64,
}

impl CardSale {
    /// Whether nothing was sold for this payment yet.
    pub fn is_blank(&self) -> bool {
        self.version == 0
    }

    /// Writes a fresh sale.
    pub fn sell(&mut self, purchase: &CardPurchase) {
        self.version = VERSION;
        self.bump = purchase.bump;
        self.status = SALE_OPEN;
        self.market = purchase.market;
        self.account = purchase.account;
        self.payment_id = purchase.payment_id;
        self.payer = purchase.payer;
        self.credits = purchase.credits.0;
        self.final_at = purchase.final_at;
    }

    /// Whether `address` is the one that the market and the payment give.
    pub fn is_at(&self, address: &Address) -> bool {
        let seeds = [SEED_CARD_SALE, self.market.as_ref(), &self.payment_id];
        is_derived(address, seeds, self.bump, &ID)
    }

    /// Whether this is the sale of so many credits to this account.
    pub fn is_of(&self, account: &Address, credits: Credits) -> bool {
        address_eq(&self.account, account) && self.credits == credits.0
    }

    fn require_reversible(&self, now: i64) -> Result<()> {
        require!(self.status == SALE_OPEN, CreditsError::SaleNotOpen);
        require!(now < self.final_at, CreditsError::SaleFinal);
        Ok(())
    }

    /// Opens a chargeback that froze so many credits.
    pub fn freeze(&mut self, frozen: Credits, now: i64) -> Result<()> {
        self.require_reversible(now)?;
        self.status = SALE_FROZEN;
        self.frozen = frozen.0;
        self.frozen_at = now;
        Ok(())
    }

    /// Decides the chargeback and returns the credits that were frozen. Lost: the customer's bank
    /// took the money back. The biller waits for a while before it says so, so that a stolen key
    /// can be replaced first; what nobody decides in time the customer keeps.
    pub fn decide(&mut self, by_biller: bool, lost: bool, now: i64) -> Result<Credits> {
        require!(self.status == SALE_FROZEN, CreditsError::SaleNotFrozen);
        let passed = now.saturating_sub(self.frozen_at);
        let overdue = passed >= CHARGEBACK_DECIDED_SECONDS;
        if !by_biller {
            require!(overdue, CreditsError::NotBiller);
        }
        let due = if lost {
            by_biller && passed >= CHARGEBACK_LOST_SECONDS
        } else {
            true
        };
        require!(due, CreditsError::DecisionNotDue);
        self.status = if lost { SALE_REVERSED } else { SALE_KEPT };
        let frozen = Credits(self.frozen);
        self.frozen = 0;
        Ok(frozen)
    }

    /// Undoes the whole sale.
    pub fn reverse(&mut self, now: i64) -> Result<Credits> {
        self.require_reversible(now)?;
        self.status = SALE_REVERSED;
        Ok(Credits(self.credits))
    }

    /// Ends the sale's record, and returns the credits that can be reversed no longer from now on.
    /// The record stays until then so that its payment cannot be sold again.
    pub fn finish(&self, now: i64) -> Result<Credits> {
        require!(now >= self.final_at, CreditsError::SaleNotFinal);
        require!(self.status != SALE_FROZEN, CreditsError::SaleNotOpen);
        let open = self.status == SALE_OPEN;
        Ok(Credits(if open { self.credits } else { 0 }))
    }

    /// What holds after every instruction that changes a sale.
    ///
    /// - It has this layout, a known status and credits.
    /// - No more is frozen than was sold, and only while the chargeback is open.
    #[inline(never)]
    pub fn invariant(&self) -> Result<()> {
        let holds = self.version == VERSION
            && (SALE_OPEN..=SALE_KEPT).contains(&self.status)
            && self.credits > 0
            && self.frozen <= self.credits
            && (self.status == SALE_FROZEN || self.frozen == 0);
        require!(holds, CreditsError::InvariantViolated);
        Ok(())
    }
}
