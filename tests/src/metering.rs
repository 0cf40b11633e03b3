//! Builders of the instructions of meters and top-ups.

use {
    crate::{
        credits::{CreditsWorld, Customer},
        staking::OperatorKeys,
    },
    anchor_lang::{
        programs::{System, Token},
        Id,
    },
    solana_address::Address,
    solana_instruction::Instruction,
    solana_keypair::Keypair,
    solana_signer::Signer,
    trestle_credits::{
        accounts,
        address::{delegate_address, meter_address, topup_address},
        groups::client::Spender,
        instruction,
        state::{MeterTerms, TopupParams},
    },
};

/// The runtime's account that shows the instructions of a transaction.
const INSTRUCTIONS: Address =
    Address::from_str_const("Sysvar1nstructions1111111111111111111111111");

impl CreditsWorld {
    fn spender(&self, customer: &Customer, delegate: Option<&Keypair>) -> (Address, Spender) {
        let signer = delegate.unwrap_or(&customer.key).pubkey();
        let spender = Spender {
            funds: self.funds(customer),
            delegate: delegate.map(|key| delegate_address(&customer.account, &key.pubkey()).0),
        };
        (signer, spender)
    }

    /// Opened by the customer, or by a delegate of the customer's.
    pub fn meter_open(
        &self,
        customer: &Customer,
        delegate: Option<&Keypair>,
        operator: &OperatorKeys,
        terms: MeterTerms,
    ) -> Instruction {
        let (signer, spender) = self.spender(customer, delegate);
        instruction::MeterOpen { terms }.to_instruction(accounts::MeterOpen {
            signer,
            spender,
            node_key: operator.node.pubkey(),
            operator: operator.address,
            meter: meter_address(&customer.account, &operator.address).0,
            system_program: System::id(),
        })
    }

    pub fn meter_deposit(
        &self,
        customer: &Customer,
        delegate: Option<&Keypair>,
        operator: &OperatorKeys,
        credits: u64,
    ) -> Instruction {
        let (signer, spender) = self.spender(customer, delegate);
        instruction::MeterDeposit { credits }.to_instruction(accounts::MeterDeposit {
            signer,
            spender,
            meter: meter_address(&customer.account, &operator.address).0,
        })
    }

    /// To stand right behind the check of the receipt.
    pub fn meter_settle(
        &self,
        customer: &Customer,
        operator: &OperatorKeys,
        units: u64,
    ) -> Instruction {
        instruction::MeterSettle { units }.to_instruction(accounts::MeterSettle {
            funds: self.funds(customer),
            meter: meter_address(&customer.account, &operator.address).0,
            revenue: self.revenue,
            instructions: INSTRUCTIONS,
        })
    }

    pub fn meter_end(
        &self,
        party: Address,
        customer: &Customer,
        operator: &OperatorKeys,
    ) -> Instruction {
        instruction::MeterEnd {}.to_instruction(accounts::MeterEnd {
            party,
            network: self.network,
            account: customer.account,
            operator: operator.address,
            meter: meter_address(&customer.account, &operator.address).0,
        })
    }

    pub fn meter_close(
        &self,
        opener: Address,
        customer: &Customer,
        operator: &OperatorKeys,
    ) -> Instruction {
        instruction::MeterClose {}.to_instruction(accounts::MeterClose {
            funds: self.funds(customer),
            meter: meter_address(&customer.account, &operator.address).0,
            opener,
        })
    }

    pub fn topup_set(
        &self,
        customer: &Customer,
        source: Address,
        params: TopupParams,
    ) -> Instruction {
        instruction::TopupSet { params }.to_instruction(accounts::TopupSetRules {
            customer: customer.key.pubkey(),
            account: customer.account,
            source,
            topup: topup_address(&customer.account).0,
            system_program: System::id(),
        })
    }

    pub fn topup_remove(&self, customer: &Customer) -> Instruction {
        instruction::TopupRemove {}.to_instruction(accounts::TopupRemove {
            customer: customer.key.pubkey(),
            account: customer.account,
            topup: topup_address(&customer.account).0,
        })
    }

    pub fn topup_run(&self, customer: &Customer) -> Instruction {
        instruction::TopupRun {}.to_instruction(accounts::TopupRun {
            funds: self.funds(customer),
            topup: topup_address(&customer.account).0,
            source: customer.stable,
            revenue_vault: self.revenue_vault,
            token_program: Token::id(),
        })
    }
}
