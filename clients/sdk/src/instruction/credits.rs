//! Instructions of the credits program.

use solana_instruction::{AccountMeta, Instruction};
use solana_pubkey::Pubkey;
use trestle_credits::{
    accounts,
    groups::{
        __client_accounts_creditwallet::CreditWallet,
        __client_accounts_customerwallet::CustomerWallet, __client_accounts_funds::Funds,
        __client_accounts_leaserefund::LeaseRefund,
    },
    instruction as args,
    instructions::__client_accounts_leaseopen::LeaseOpen,
    state::Lease,
};

pub use trestle_credits::state::{LeaseTerms, MarketParams, SlaStep, DEEPER_STEPS};
pub use trestle_staking::leaf::LeafProof;

pub use super::{beside::no_leaf, credits_groups::*};

use super::{build, clearance::Admission};
use crate::address::{
    self, CREDITS_ID, SYSTEM_PROGRAM_ID, TOKEN_2022_PROGRAM_ID, TOKEN_PROGRAM_ID,
};

fn wallet(network: &Pubkey, wallet: &Pubkey) -> CreditWallet {
    let credit_mint = address::credit_mint(network);
    CreditWallet {
        network: *network,
        market: address::market(network),
        wallet: *wallet,
        credit_mint,
        wallet_credits: address::credit_account(wallet, &credit_mint),
        token_2022_program: TOKEN_2022_PROGRAM_ID,
    }
}

fn customer_wallet(network: &Pubkey, customer: &Pubkey) -> CustomerWallet {
    CustomerWallet {
        credits: wallet(network, customer),
        account: address::customer(network, customer),
    }
}

/// A customer's credits and the counters that follow when they move into or out of a lease.
pub(super) fn funds(network: &Pubkey, customer: &Pubkey) -> Funds {
    Funds {
        network: *network,
        market: address::market(network),
        account: address::customer(network, customer),
    }
}

/// What a lease refunds to. `commitment` is the one that the lease pays for.
fn refund(network: &Pubkey, customer: &Pubkey, commitment: &Pubkey) -> LeaseRefund {
    LeaseRefund {
        funds: funds(network, customer),
        lease: address::lease(commitment),
    }
}

/// Signed by the network's authority.
pub fn market_create(
    authority: &Pubkey,
    network: &Pubkey,
    stable_mint: &Pubkey,
    price_account: &Pubkey,
    params: MarketParams,
) -> Instruction {
    let accounts = accounts::MarketCreate {
        authority: *authority,
        network: *network,
        market: address::market(network),
        credit_mint: address::credit_mint(network),
        stable_mint: *stable_mint,
        price_account: *price_account,
        revenue_vault: address::revenue_vault(network),
        token_program: TOKEN_PROGRAM_ID,
        token_2022_program: TOKEN_2022_PROGRAM_ID,
        system_program: SYSTEM_PROGRAM_ID,
    };
    build(CREDITS_ID, &accounts, &args::MarketCreate { params })
}

/// What it takes to buy by burning.
#[derive(Debug, Clone, Copy)]
pub struct BurnPurchase {
    pub wallet: Pubkey,
    pub network: Pubkey,
    pub token_mint: Pubkey,
    /// Account of the wallet's that the tokens are burned from.
    pub tokens: Pubkey,
    /// The one that the market names.
    pub price_account: Pubkey,
}

/// Burns tokens, `max_tokens` at most, for `credits`. Signed by the wallet, whose associated credit
/// account must exist (see [`super::token::credit_account_create`]).
pub fn credits_buy_burn(purchase: &BurnPurchase, credits: u64, max_tokens: u64) -> Instruction {
    let accounts = accounts::CreditsBuyBurn {
        buyer: wallet(&purchase.network, &purchase.wallet),
        token_mint: purchase.token_mint,
        buyer_tokens: purchase.tokens,
        price_account: purchase.price_account,
        token_program: TOKEN_PROGRAM_ID,
    };
    let args = args::CreditsBuyBurn {
        credits,
        max_tokens,
    };
    build(CREDITS_ID, &accounts, &args)
}

/// Pays stablecoin from `stable`, `max_stable` micro-dollars at most, for `credits`.
pub fn credits_buy_stable(
    buyer: &Pubkey,
    network: &Pubkey,
    stable: &Pubkey,
    credits: u64,
    max_stable: u64,
) -> Instruction {
    let accounts = accounts::CreditsBuyStable {
        buyer: wallet(network, buyer),
        buyer_stable: *stable,
        revenue_vault: address::revenue_vault(network),
        token_program: TOKEN_PROGRAM_ID,
    };
    let args = args::CreditsBuyStable {
        credits,
        max_stable,
    };
    build(CREDITS_ID, &accounts, &args)
}

/// Signed by the customer, who pays the rent.
pub fn account_open(customer: &Pubkey, network: &Pubkey) -> Instruction {
    let accounts = accounts::AccountOpen {
        customer: *customer,
        network: *network,
        account: address::customer(network, customer),
        system_program: SYSTEM_PROGRAM_ID,
    };
    build(CREDITS_ID, &accounts, &args::AccountOpen {})
}

/// From the wallet into the account. Signed by the customer.
pub fn account_deposit(customer: &Pubkey, network: &Pubkey, credits: u64) -> Instruction {
    let accounts = accounts::AccountDeposit {
        from: customer_wallet(network, customer),
    };
    build(CREDITS_ID, &accounts, &args::AccountDeposit { credits })
}

/// From the account into the wallet. Signed by the customer.
pub fn account_withdraw(customer: &Pubkey, network: &Pubkey, credits: u64) -> Instruction {
    let accounts = accounts::AccountWithdraw {
        to: customer_wallet(network, customer),
    };
    build(CREDITS_ID, &accounts, &args::AccountWithdraw { credits })
}

/// Who agrees on a lease, and on what.
#[derive(Debug, Clone, Copy)]
pub struct LeaseParties {
    pub customer: Pubkey,
    pub node_key: Pubkey,
    pub network: Pubkey,
    pub service: Pubkey,
    pub operator: Pubkey,
    pub commitment: Pubkey,
    /// What vouches for operator and customer, as the service's policy asks.
    pub admission: Admission,
}

fn opening(parties: &LeaseParties) -> LeaseOpen {
    LeaseOpen {
        customer: parties.customer,
        node_key: parties.node_key,
        funds: funds(&parties.network, &parties.customer),
        operator: parties.operator,
        commitment: parties.commitment,
        lease: address::lease(&parties.commitment),
        system_program: SYSTEM_PROGRAM_ID,
        service: parties.service,
        admission: parties.admission.accounts(&parties.service),
    }
}

/// Signed by the customer and by the operator's node.
pub fn lease_open(parties: &LeaseParties, terms: LeaseTerms) -> Instruction {
    build(CREDITS_ID, &opening(parties), &args::LeaseOpen { terms })
}

/// Ends `old_lease` with its notice and opens one with the operator of `to`. Signed by the customer
/// and by that operator's node.
pub fn lease_transfer(to: &LeaseParties, old_lease: &Pubkey, terms: LeaseTerms) -> Instruction {
    let accounts = accounts::LeaseTransfer {
        open: opening(to),
        lease: *old_lease,
    };
    build(CREDITS_ID, &accounts, &args::LeaseTransfer { terms })
}

/// Who agrees to a renewal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RenewalConsent {
    /// The operator's node signs.
    Node,
    /// The lease grants it.
    Option,
}

/// Extends a lease by `epochs` at this rate. Signed by the customer and, unless the lease grants
/// the renewal, by the operator's node.
pub fn lease_renew(
    parties: &LeaseParties,
    epochs: u64,
    rate_per_epoch: u64,
    consent: RenewalConsent,
) -> Instruction {
    let accounts = accounts::LeaseRenew {
        customer: parties.customer,
        node_key: parties.node_key,
        renewed: refund(&parties.network, &parties.customer, &parties.commitment),
        operator: parties.operator,
        commitment: parties.commitment,
        service: parties.service,
        admission: parties.admission.accounts(&parties.service),
    };
    let args = args::LeaseRenew {
        epochs,
        rate_per_epoch,
    };
    let mut instruction = build(CREDITS_ID, &accounts, &args);
    if consent == RenewalConsent::Node {
        let by_node = |meta: &&mut AccountMeta| meta.pubkey == parties.node_key;
        for meta in instruction.accounts.iter_mut().filter(by_node) {
            meta.is_signer = true;
        }
    }
    instruction
}

/// Declares an operator's maintenance ahead. Signed by who acts for the operator, who pays the rent
/// the first time.
pub fn maintenance_declare(
    controller: &Pubkey,
    network: &Pubkey,
    operator: &Pubkey,
    first_epoch: u64,
    epochs: u64,
) -> Instruction {
    let accounts = accounts::MaintenanceDeclare {
        controller: *controller,
        network: *network,
        operator: *operator,
        maintenance: address::maintenance(operator),
        system_program: SYSTEM_PROGRAM_ID,
    };
    let args = args::MaintenanceDeclare {
        first_epoch,
        epochs,
    };
    build(CREDITS_ID, &accounts, &args)
}

/// Pays for the next period. Anybody may send it.
pub fn lease_settle(lease: &Lease, leaf: LeafProof) -> Instruction {
    let accounts = accounts::LeaseSettle {
        refund: refund(&lease.network, &lease.customer, &lease.commitment),
        ring: address::ring(&lease.service),
        commitment: lease.commitment,
        revenue: address::revenue(&lease.service),
        maintenance: address::maintenance(&lease.operator),
    };
    build(CREDITS_ID, &accounts, &args::LeaseSettle { leaf })
}

/// Signed by the customer or by who acts for the operator; each keeps its notice.
pub fn lease_end(
    party: &Pubkey,
    network: &Pubkey,
    service: &Pubkey,
    operator: &Pubkey,
    commitment: &Pubkey,
    reason: u8,
) -> Instruction {
    let accounts = accounts::LeaseEnd {
        party: *party,
        network: *network,
        service: *service,
        operator: *operator,
        lease: address::lease(commitment),
    };
    build(CREDITS_ID, &accounts, &args::LeaseEnd { reason })
}

/// Gives rent, and what nobody settled in time, back to the customer. Anybody may send it.
pub fn lease_close(network: &Pubkey, customer: &Pubkey, commitment: &Pubkey) -> Instruction {
    let accounts = accounts::LeaseClose {
        refund: refund(network, customer, commitment),
        customer: *customer,
    };
    build(CREDITS_ID, &accounts, &args::LeaseClose {})
}

/// Counts what customers pay for a service from now on. Anybody may send it; the payer pays the
/// rent.
pub fn revenue_open(payer: &Pubkey, service: &Pubkey) -> Instruction {
    let accounts = accounts::RevenueOpen {
        payer: *payer,
        service: *service,
        revenue: address::revenue(service),
        system_program: SYSTEM_PROGRAM_ID,
    };
    build(CREDITS_ID, &accounts, &args::RevenueOpen {})
}
