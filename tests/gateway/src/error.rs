//! Everything this program refuses, each with its remedy. Trestle's own refusals come through
//! unchanged: a transaction that a called program refuses fails with that program's code.

use anchor_lang::prelude::*;

#[error_code]
pub enum GatewayError {
    #[msg("The account is not at the address that its content gives: derive the address")]
    WrongAddress,
    #[msg("The account belongs to another network: pass the accounts of the gateway's network")]
    WrongNetwork,
    #[msg("This is not the gateway's market: derive it from the gateway's network")]
    WrongMarket,
    #[msg("This is not the stablecoin of the gateway's network: pass the mint that it names")]
    WrongMint,
    #[msg("This is not the gateway's customer: pass the address that the gateway names")]
    WrongCustomer,
    #[msg("This is not the customer's account: pass the account that the gateway names")]
    WrongAccount,
    #[msg("This is not the gateway's till: pass the token account that the gateway names")]
    WrongTill,
    #[msg("This plan is of another gateway: pass the gateway that the plan names")]
    WrongGateway,
    #[msg("This is not the market's credit mint or revenue vault: pass those that it names")]
    WrongCreditMint,
    #[msg("The account belongs to another service: pass the accounts of one service")]
    WrongService,
    #[msg("This is not the plan's lease: pass the lease that the plan names")]
    WrongLease,
    #[msg("This is not the plan's commitment: pass the commitment that the plan names")]
    WrongCommitment,
    #[msg("The signer does not own the gateway: sign with the owner's key")]
    NotOwner,
    #[msg("The signer is not the plan's user: sign with the user's key")]
    NotUser,
    #[msg("The refund must go to the user: pass a stablecoin account of the user")]
    NotUsersAccount,
    #[msg("The plan must have at least one credit")]
    ZeroCredits,
    #[msg("The till holds less than users are owed: have the owner put stablecoin into it")]
    FloatTooSmall,
    #[msg("The lease costs more than the plan holds: pay for a larger plan")]
    PlanTooSmall,
    #[msg("The plan has a lease: settle it to its end and close the plan")]
    PlanLeased,
    #[msg("The plan has no lease: open one, or cancel the plan")]
    PlanNotLeased,
    #[msg("The plan's lease is not over: settle it to its end first")]
    PlanNotOver,
    #[msg("The plan's data is still registered: only the user may leave that rent behind")]
    CommitmentStays,
    #[msg("A number left its range: use smaller amounts")]
    MathOverflow,
    #[msg("The gateway's accounts do not add up: this is a defect, report it")]
    InvariantViolated,
    #[msg("Trestle's account has another layout: update this program")]
    WrongVersion,
}

/// The code of `WrongVersion`, which every account of Trestle's of another layout is refused with.
pub(crate) const WRONG_VERSION: u32 = 6000 + GatewayError::WrongVersion as u32;
