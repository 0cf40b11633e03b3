//! What happened: one event for each change of state. Trestle's own events of the same transaction
//! say what became of the credits.

use anchor_lang::prelude::*;

/// A gateway can take a plan from now on.
#[event(bytemuck)]
pub struct GatewayOpened {
    pub gateway: Address,
    pub network: Address,
    pub owner: Address,
    /// The customer that Trestle sees.
    pub customer: Address,
    pub till: Address,
    pub number: u32,
    /// Zero.
    pub _pad: [u8; 4],
}

/// The owner took stablecoin out of the till.
#[event(bytemuck)]
pub struct GatewayWithdrawn {
    pub gateway: Address,
    pub destination: Address,
    /// Millionths of a dollar.
    pub amount: u64,
    /// What the user of the plan is owed.
    pub owed: u64,
    /// What the till has left.
    pub till: u64,
}

/// A user paid for a plan.
#[event(bytemuck)]
pub struct PlanOpened {
    pub plan: Address,
    pub gateway: Address,
    pub user: Address,
    pub credits: u64,
    /// Millionths of a dollar.
    pub paid: u64,
    /// Credits that the gateway had to buy: the others it held already.
    pub bought: u64,
}

/// A plan was given back without a lease.
#[event(bytemuck)]
pub struct PlanCancelled {
    pub plan: Address,
    pub gateway: Address,
    pub user: Address,
    /// Millionths of a dollar.
    pub refunded: u64,
}

/// A lease serves a plan from now on.
#[event(bytemuck)]
pub struct PlanLeased {
    pub plan: Address,
    pub operator: Address,
    pub commitment: Address,
    pub lease: Address,
    /// Credits of the plan that the lease took.
    pub price: u64,
    /// Lamports of rent that come back to the user.
    pub rent: u64,
}

/// A plan's lease was settled.
#[event(bytemuck)]
pub struct PlanSettled {
    pub plan: Address,
    pub lease: Address,
    /// Credits that the plan has used up.
    pub consumed: u64,
    /// Millionths of a dollar that the user gets back unless more is used up.
    pub owed: u64,
}

/// A plan's lease ends with the running epoch.
#[event(bytemuck)]
pub struct PlanEnded {
    pub plan: Address,
    pub commitment: Address,
}

/// A plan is gone.
#[event(bytemuck)]
pub struct PlanClosed {
    pub plan: Address,
    pub gateway: Address,
    pub user: Address,
    /// Credits that the plan used up.
    pub consumed: u64,
    /// Millionths of a dollar.
    pub refunded: u64,
    /// Lamports.
    pub rent: u64,
}
