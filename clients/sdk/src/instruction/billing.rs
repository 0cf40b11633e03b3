//! Instructions of the credits program about card sales, delegates, meters, top-ups and revenue.

use solana_instruction::Instruction;
use solana_pubkey::Pubkey;
use trestle_credits::{
    accounts,
    groups::client::{CardReversal, MarketRules, Payback, Spender},
    instruction as args,
};

pub use trestle_credits::{
    receipt::ED25519_PROGRAM,
    state::{BillerParams, DelegateParams, MarketTerms, MeterTerms, TopupParams},
};

use super::{build, credits::funds};
use crate::address::{self, CREDITS_ID, SYSTEM_PROGRAM_ID, TOKEN_PROGRAM_ID};

/// The runtime's account that shows the instructions of a transaction.
const INSTRUCTIONS: Pubkey = Pubkey::from_str_const("Sysvar1nstructions1111111111111111111111111");

fn rules(network: &Pubkey) -> MarketRules {
    MarketRules {
        network: *network,
        market: address::market(network),
    }
}

/// Signed by the network's authority.
pub fn market_change_propose(
    authority: &Pubkey,
    network: &Pubkey,
    terms: MarketTerms,
) -> Instruction {
    let accounts = accounts::MarketChangePropose {
        authority: *authority,
        rules: rules(network),
        change: address::market_change(&address::market(network)),
        system_program: SYSTEM_PROGRAM_ID,
    };
    build(CREDITS_ID, &accounts, &args::MarketChangePropose { terms })
}

/// Anybody may send it when the change is due. `proposer` is the one that the change names.
pub fn market_change_apply(network: &Pubkey, proposer: &Pubkey) -> Instruction {
    let market = address::market(network);
    let accounts = accounts::MarketChangeApply {
        network: *network,
        market,
        change: address::market_change(&market),
        proposer: *proposer,
    };
    build(CREDITS_ID, &accounts, &args::MarketChangeApply {})
}

/// Signed by the network's authority.
pub fn market_change_cancel(authority: &Pubkey, network: &Pubkey) -> Instruction {
    let accounts = accounts::MarketChangeCancel {
        authority: *authority,
        rules: rules(network),
        change: address::market_change(&address::market(network)),
    };
    build(CREDITS_ID, &accounts, &args::MarketChangeCancel {})
}

/// Signed by whoever pays the rent.
pub fn treasury_open(payer: &Pubkey, network: &Pubkey, stable_mint: &Pubkey) -> Instruction {
    let market = address::market(network);
    let accounts = accounts::TreasuryOpen {
        payer: *payer,
        network: *network,
        market,
        stable_mint: *stable_mint,
        treasury: address::treasury(&market),
        insurance_vault: address::insurance_stable_vault(&market),
        token_program: TOKEN_PROGRAM_ID,
        system_program: SYSTEM_PROGRAM_ID,
    };
    build(CREDITS_ID, &accounts, &args::TreasuryOpen {})
}

/// Moves `amount` micro-dollars to a token account. Signed by the network's authority.
pub fn treasury_withdraw(
    authority: &Pubkey,
    network: &Pubkey,
    destination: &Pubkey,
    amount: u64,
) -> Instruction {
    let accounts = accounts::TreasuryWithdraw {
        authority: *authority,
        rules: rules(network),
        treasury: address::treasury(&address::market(network)),
        destination: *destination,
        token_program: TOKEN_PROGRAM_ID,
    };
    build(CREDITS_ID, &accounts, &args::TreasuryWithdraw { amount })
}

/// Buys credits for a customer out of the insurance. Signed by the network's authority. `payment`
/// is the market's `insurance_payments`: with the same number it pays once.
pub fn insurance_pay(
    authority: &Pubkey,
    network: &Pubkey,
    customer: &Pubkey,
    credits: u64,
    payment: u64,
) -> Instruction {
    let market = address::market(network);
    let accounts = accounts::InsurancePay {
        authority: *authority,
        funds: funds(network, customer),
        insurance_vault: address::insurance_stable_vault(&market),
        revenue_vault: address::revenue_vault(network),
        token_program: TOKEN_PROGRAM_ID,
    };
    build(
        CREDITS_ID,
        &accounts,
        &args::InsurancePay { credits, payment },
    )
}

/// Pays treasury, insurance and operators of a service. Anybody may send it.
pub fn revenue_release(network: &Pubkey, service: &Pubkey) -> Instruction {
    let market = address::market(network);
    let accounts = accounts::RevenueRelease {
        market,
        revenue: address::revenue(service),
        revenue_vault: address::revenue_vault(network),
        treasury: address::treasury(&market),
        insurance_vault: address::insurance_stable_vault(&market),
        pool_vault: address::pool_stable_vault(&address::pool(service)),
        token_program: TOKEN_PROGRAM_ID,
    };
    build(CREDITS_ID, &accounts, &args::RevenueRelease {})
}

/// Signed by the network's authority. The zero key stops all card sales.
pub fn biller_set(authority: &Pubkey, network: &Pubkey, params: BillerParams) -> Instruction {
    let accounts = accounts::BillerSetKey {
        authority: *authority,
        rules: rules(network),
        biller: address::biller(&address::market(network)),
        system_program: SYSTEM_PROGRAM_ID,
    };
    build(CREDITS_ID, &accounts, &args::BillerSet { params })
}

/// A card sale, and who takes part in it.
#[derive(Debug, Clone, Copy)]
pub struct CardPayment {
    pub network: Pubkey,
    /// The biller's key.
    pub seller: Pubkey,
    /// The biller's stablecoin account: pays, or is paid back.
    pub seller_stable: Pubkey,
    pub customer: Pubkey,
    pub payment_id: [u8; 32],
}

impl CardPayment {
    fn reversal(&self) -> CardReversal {
        let market = address::market(&self.network);
        CardReversal {
            funds: funds(&self.network, &self.customer),
            biller: address::biller(&market),
            sale: address::card_sale(&market, &self.payment_id),
        }
    }

    fn payback(&self) -> Payback {
        Payback {
            revenue_vault: address::revenue_vault(&self.network),
            seller_stable: self.seller_stable,
            token_program: TOKEN_PROGRAM_ID,
        }
    }
}

/// Sells `credits` for a payment made at `paid_at`. Signed by the biller. To be sent again whenever
/// the payment's notice comes again: a payment sells once.
pub fn card_sell(payment: &CardPayment, credits: u64, paid_at: i64) -> Instruction {
    let market = address::market(&payment.network);
    let accounts = accounts::CardSell {
        seller: payment.seller,
        funds: funds(&payment.network, &payment.customer),
        biller: address::biller(&market),
        sale: address::card_sale(&market, &payment.payment_id),
        seller_stable: payment.seller_stable,
        revenue_vault: address::revenue_vault(&payment.network),
        token_program: TOKEN_PROGRAM_ID,
        system_program: SYSTEM_PROGRAM_ID,
    };
    let args = args::CardSell {
        payment_id: payment.payment_id,
        credits,
        paid_at,
    };
    build(CREDITS_ID, &accounts, &args)
}

/// Freezes what is unspent of the sale. Signed by the biller.
pub fn card_chargeback(payment: &CardPayment) -> Instruction {
    let accounts = accounts::CardChargeback {
        seller: payment.seller,
        card: payment.reversal(),
    };
    build(CREDITS_ID, &accounts, &args::CardChargeback {})
}

/// Signed by `decider`: the biller, or anybody when its time is over.
pub fn card_chargeback_resolve(payment: &CardPayment, decider: &Pubkey, lost: bool) -> Instruction {
    let accounts = accounts::CardChargebackResolve {
        decider: *decider,
        card: payment.reversal(),
        payback: payment.payback(),
    };
    build(CREDITS_ID, &accounts, &args::CardChargebackResolve { lost })
}

/// Signed by the biller and by the customer.
pub fn card_refund(payment: &CardPayment) -> Instruction {
    let accounts = accounts::CardRefund {
        seller: payment.seller,
        customer: payment.customer,
        card: payment.reversal(),
        payback: payment.payback(),
    };
    build(CREDITS_ID, &accounts, &args::CardRefund {})
}

/// Anybody may send it once the sale is final. `payer` is the one that the sale names.
pub fn card_close(network: &Pubkey, payment_id: &[u8; 32], payer: &Pubkey) -> Instruction {
    let market = address::market(network);
    let accounts = accounts::CardClose {
        market,
        sale: address::card_sale(&market, payment_id),
        payer: *payer,
    };
    build(CREDITS_ID, &accounts, &args::CardClose {})
}

/// Signed by the customer.
pub fn delegate_set(
    customer: &Pubkey,
    network: &Pubkey,
    key: &Pubkey,
    params: DelegateParams,
) -> Instruction {
    let account = address::customer(network, customer);
    let accounts = accounts::DelegateSetLimits {
        customer: *customer,
        account,
        key: *key,
        delegate: address::delegate(&account, key),
        system_program: SYSTEM_PROGRAM_ID,
    };
    build(CREDITS_ID, &accounts, &args::DelegateSet { params })
}

/// Signed by the customer.
pub fn delegate_remove(customer: &Pubkey, network: &Pubkey, key: &Pubkey) -> Instruction {
    let account = address::customer(network, customer);
    let accounts = accounts::DelegateRemove {
        customer: *customer,
        account,
        delegate: address::delegate(&account, key),
    };
    build(CREDITS_ID, &accounts, &args::DelegateRemove {})
}

/// Who a meter is between.
#[derive(Debug, Clone, Copy)]
pub struct MeterParties {
    pub network: Pubkey,
    pub customer: Pubkey,
    pub operator: Pubkey,
    /// The delegate that signs in place of the customer.
    pub delegate: Option<Pubkey>,
}

impl MeterParties {
    pub fn account(&self) -> Pubkey {
        address::customer(&self.network, &self.customer)
    }

    pub fn meter(&self) -> Pubkey {
        address::meter(&self.account(), &self.operator)
    }

    fn signer(&self) -> Pubkey {
        self.delegate.unwrap_or(self.customer)
    }

    fn spender(&self) -> Spender {
        let account = self.account();
        Spender {
            funds: funds(&self.network, &self.customer),
            delegate: self.delegate.map(|key| address::delegate(&account, &key)),
        }
    }
}

/// Signed by the customer or the delegate, and by the operator's node.
pub fn meter_open(parties: &MeterParties, node_key: &Pubkey, terms: MeterTerms) -> Instruction {
    let accounts = accounts::MeterOpen {
        signer: parties.signer(),
        spender: parties.spender(),
        node_key: *node_key,
        operator: parties.operator,
        meter: parties.meter(),
        system_program: SYSTEM_PROGRAM_ID,
    };
    build(CREDITS_ID, &accounts, &args::MeterOpen { terms })
}

/// Signed by the customer or the delegate.
pub fn meter_deposit(parties: &MeterParties, credits: u64) -> Instruction {
    let accounts = accounts::MeterDeposit {
        signer: parties.signer(),
        spender: parties.spender(),
        meter: parties.meter(),
    };
    build(CREDITS_ID, &accounts, &args::MeterDeposit { credits })
}

/// Pays for the units of a receipt. Anybody may send it, right behind the instruction of
/// [`ED25519_PROGRAM`] that checks the receipt.
pub fn meter_settle(parties: &MeterParties, service: &Pubkey, units: u64) -> Instruction {
    let accounts = accounts::MeterSettle {
        funds: funds(&parties.network, &parties.customer),
        meter: parties.meter(),
        revenue: address::revenue(service),
        instructions: INSTRUCTIONS,
    };
    build(CREDITS_ID, &accounts, &args::MeterSettle { units })
}

/// Signed by `party`: the customer, or the operator's authority.
pub fn meter_end(parties: &MeterParties, party: &Pubkey) -> Instruction {
    let accounts = accounts::MeterEnd {
        party: *party,
        network: parties.network,
        account: parties.account(),
        operator: parties.operator,
        meter: parties.meter(),
    };
    build(CREDITS_ID, &accounts, &args::MeterEnd {})
}

/// Anybody may send it. `opener` is the signer that the meter names.
pub fn meter_close(parties: &MeterParties, opener: &Pubkey) -> Instruction {
    let accounts = accounts::MeterClose {
        funds: funds(&parties.network, &parties.customer),
        meter: parties.meter(),
        opener: *opener,
    };
    build(CREDITS_ID, &accounts, &args::MeterClose {})
}

/// Signed by the customer, who besides approves [`address::topup`] as spender of `source`.
pub fn topup_set(
    customer: &Pubkey,
    network: &Pubkey,
    source: &Pubkey,
    params: TopupParams,
) -> Instruction {
    let account = address::customer(network, customer);
    let accounts = accounts::TopupSetRules {
        customer: *customer,
        account,
        source: *source,
        topup: address::topup(&account),
        system_program: SYSTEM_PROGRAM_ID,
    };
    build(CREDITS_ID, &accounts, &args::TopupSet { params })
}

/// Signed by the customer.
pub fn topup_remove(customer: &Pubkey, network: &Pubkey) -> Instruction {
    let account = address::customer(network, customer);
    let accounts = accounts::TopupRemove {
        customer: *customer,
        account,
        topup: address::topup(&account),
    };
    build(CREDITS_ID, &accounts, &args::TopupRemove {})
}

/// Fills the account. Anybody may send it. `source` is the one that the top-up names.
pub fn topup_run(customer: &Pubkey, network: &Pubkey, source: &Pubkey) -> Instruction {
    let account = address::customer(network, customer);
    let accounts = accounts::TopupRun {
        funds: funds(network, customer),
        topup: address::topup(&account),
        source: *source,
        revenue_vault: address::revenue_vault(network),
        token_program: TOKEN_PROGRAM_ID,
    };
    build(CREDITS_ID, &accounts, &args::TopupRun {})
}
