//! A market: its rules, its sales, and what becomes of the money.

use anchor_lang::prelude::*;

/// A network's credits can be bought from now on.
#[event(bytemuck)]
pub struct MarketCreated {
    pub market: Address,
    pub network: Address,
    pub credit_mint: Address,
    pub price_account: Address,
    pub feed_id: [u8; 32],
    pub biller_cap: u64,
    pub max_age_seconds: u32,
    pub max_conf_bps: u16,
    pub protocol_fee_bps: u16,
    pub insurance_fee_bps: u16,
    /// Zero.
    pub _pad: [u8; 6],
}

/// A market's rules will change.
#[event(bytemuck)]
pub struct MarketChangeProposed {
    pub market: Address,
    /// First epoch in which the change can be applied.
    pub due_epoch: u64,
    pub biller_cap: u64,
    pub max_age_seconds: u32,
    pub max_conf_bps: u16,
    pub protocol_fee_bps: u16,
    pub insurance_fee_bps: u16,
    /// Zero.
    pub _pad: [u8; 6],
}

/// A market's rules changed.
#[event(bytemuck)]
pub struct MarketChanged {
    pub market: Address,
    pub biller_cap: u64,
    pub max_age_seconds: u32,
    pub max_conf_bps: u16,
    pub protocol_fee_bps: u16,
    pub insurance_fee_bps: u16,
    /// Zero.
    pub _pad: [u8; 6],
}

/// A market's rules will not change as proposed.
#[event(bytemuck)]
pub struct MarketChangeCancelled {
    pub market: Address,
    pub due_epoch: u64,
}

/// Credits were bought by burning the network's token.
#[event(bytemuck)]
pub struct CreditsBoughtByBurn {
    pub market: Address,
    pub buyer: Address,
    pub credits: u64,
    /// Base units of the network's token.
    pub tokens_burned: u64,
    /// Credits that the market ever sold.
    pub minted_total: u64,
    /// Dollars for one whole token: `price_mantissa * 10^price_exponent`, after the discount for
    /// the price's confidence.
    pub price_mantissa: u64,
    pub price_exponent: i32,
    /// Zero.
    pub _pad: [u8; 4],
}

/// Credits were bought with the network's stablecoin.
#[event(bytemuck)]
pub struct CreditsBoughtByStable {
    pub market: Address,
    pub buyer: Address,
    pub credits: u64,
    /// Millionths of a dollar.
    pub stable_paid: u64,
    /// Credits that the market ever sold.
    pub minted_total: u64,
}

/// A market has accounts for its fees from now on.
#[event(bytemuck)]
pub struct TreasuryOpened {
    pub market: Address,
    pub treasury: Address,
    pub insurance_vault: Address,
}

/// The network's authority took stablecoin out of the treasury.
#[event(bytemuck)]
pub struct TreasuryWithdrawn {
    pub market: Address,
    pub destination: Address,
    pub amount: u64,
    /// What the treasury has left.
    pub balance: u64,
}

/// The insurance bought credits for a customer.
#[event(bytemuck)]
pub struct InsurancePaid {
    pub market: Address,
    pub account: Address,
    /// Number of the payment: how many the insurance made before.
    pub payment: u64,
    pub credits: u64,
    /// Millionths of a dollar that moved from the insurance to the revenue vault.
    pub stable_paid: u64,
    /// Free credits of the customer.
    pub balance: u64,
    /// What the insurance has left, in millionths of a dollar.
    pub insurance_left: u64,
    /// Credits that the market ever sold.
    pub minted_total: u64,
}

/// What customers pay for a service is counted from now on.
#[event(bytemuck)]
pub struct RevenueOpened {
    pub revenue: Address,
    pub network: Address,
    pub service: Address,
}

/// Stablecoin behind credits that a service used up left the vault.
#[event(bytemuck)]
pub struct RevenueReleased {
    pub market: Address,
    pub service: Address,
    /// Credits whose stablecoin was released.
    pub credits: u64,
    /// All that was released, in millionths of a dollar: the sum of the three parts.
    pub stable: u64,
    pub protocol: u64,
    pub insurance: u64,
    pub operators: u64,
    /// Credits that the market ever released.
    pub released_total: u64,
    /// Millionths of a dollar that the market ever released.
    pub released_stable_total: u64,
}
