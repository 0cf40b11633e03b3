//! Card sales, delegates, meters, top-ups and revenue of a credit market, and builders of their
//! instructions.

use {
    crate::{
        credits::{CreditsWorld, Customer, DOLLARS, FEED},
        staking::OperatorKeys,
        svm::{key, Outcome},
    },
    anchor_lang::{
        programs::{System, Token},
        Id,
    },
    solana_address::Address,
    solana_instruction::{AccountMeta, Instruction},
    solana_keypair::Keypair,
    solana_signer::Signer,
    spl_token_interface::state::{Account, AccountState},
    trestle_core::usage::receipt,
    trestle_credits::{
        accounts,
        address::{
            biller_address, card_sale_address, delegate_address, insurance_stable_vault_address,
            market_change_address, meter_address, pool_stable_vault_address, topup_address,
            treasury_address,
        },
        groups::client::{CardReversal, MarketRules, Payback},
        instruction,
        receipt::ED25519_PROGRAM,
        state::{
            BillerParams, CardSale, Delegate, DelegateParams, MarketParams, MarketTerms, Meter,
            MeterTerms, TopupParams,
        },
    },
};

/// Seconds in which a card sale of the tests can be reversed.
pub const CHARGEBACK: u32 = 30 * 86_400;
/// Most credits that the tests' biller sells a day.
pub const DAILY_CAP: u64 = 1_000_000;

/// Rules that the program accepts.
pub fn market_terms() -> MarketTerms {
    MarketTerms {
        biller_cap: 2 * DAILY_CAP,
        max_age_seconds: 60,
        max_conf_bps: 100,
        protocol_fee_bps: 500,
        insurance_fee_bps: 100,
    }
}

/// Parameters that the program accepts.
pub fn market_params() -> MarketParams {
    MarketParams {
        feed_id: FEED,
        terms: market_terms(),
        uri: "https://trestle.example/credit.json".to_string(),
    }
}

/// Three credits a unit, at most 300 an epoch, 1,000 to begin with, two epochs of notice.
pub fn meter_terms() -> MeterTerms {
    MeterTerms {
        price: 3,
        epoch_cap: 300,
        deposit: 1_000,
        notice_epochs: 2,
    }
}

/// Everything is allowed for a while.
pub fn delegate_params() -> DelegateParams {
    DelegateParams {
        epoch_limit: 1_500,
        total_limit: 3_000,
        last_epoch: 10,
        services: Vec::new(),
    }
}

/// 500 credits when fewer than 100 are left, at most every third epoch.
pub fn topup_params() -> TopupParams {
    TopupParams {
        floor: 100,
        amount: 500,
        period_epochs: 3,
    }
}

/// Who sells by card, and with which stablecoin.
pub struct Seller {
    pub key: Keypair,
    pub stable: Address,
}

/// A payment of this number.
pub fn payment(number: u8) -> [u8; 32] {
    [number; 32]
}

/// What makes the runtime check that the key signed the message.
pub fn ed25519_check(key: &Keypair, message: &[u8]) -> Instruction {
    let signature = key.sign_message(message);
    let mut data = vec![1, 0];
    let (signature_at, key_at, message_at) = (16_u16, 80_u16, 112_u16);
    let len = u16::try_from(message.len()).expect("a short message");
    for field in [
        signature_at,
        u16::MAX,
        key_at,
        u16::MAX,
        message_at,
        len,
        u16::MAX,
    ] {
        data.extend_from_slice(&field.to_le_bytes());
    }
    data.extend_from_slice(signature.as_ref());
    data.extend_from_slice(key.pubkey().as_ref());
    data.extend_from_slice(message);
    Instruction {
        program_id: ED25519_PROGRAM,
        accounts: Vec::new(),
        data,
    }
}

impl CreditsWorld {
    /// A key with stablecoin that is the market's biller.
    pub fn seller(&mut self) -> Seller {
        let seller = self.stranger("seller");
        let set = self.biller_set(self.authority.pubkey(), self.biller_params(&seller.key));
        let authority = self.authority_key();
        self.must(set, &authority);
        Seller {
            key: seller.key,
            stable: seller.stable,
        }
    }

    pub fn biller_params(&self, seller: &Keypair) -> BillerParams {
        BillerParams {
            key: seller.pubkey(),
            daily_cap: DAILY_CAP,
            chargeback_seconds: CHARGEBACK,
        }
    }

    /// Sells by card now.
    pub fn sell(&mut self, seller: &Seller, to: &Customer, number: u8, credits: u64) -> Outcome {
        let ix = self.card_sell(seller, to, payment(number), credits, self.svm.now());
        self.svm.send(&[ix], &[&seller.key])
    }

    pub fn sale_state(&self, number: u8) -> CardSale {
        self.svm
            .get(&card_sale_address(&self.market, &payment(number)).0)
    }

    pub fn meter_state(&self, customer: &Customer, operator: &OperatorKeys) -> Meter {
        self.svm
            .get(&meter_address(&customer.account, &operator.address).0)
    }

    pub fn delegate_state(&self, customer: &Customer, key: &Keypair) -> Delegate {
        self.svm
            .get(&delegate_address(&customer.account, &key.pubkey()).0)
    }

    /// A customer, who has 10,000 credits, with an open meter at an operator.
    pub fn metered(&mut self, terms: MeterTerms) -> (Customer, OperatorKeys) {
        let customer = self.rich_customer("customer", 10_000);
        let operator = self.staking.operator("operator", 0);
        let open = self.meter_open(&customer, None, &operator, terms);
        self.svm.must(&[open], &[&customer.key, &operator.node]);
        (customer, operator)
    }

    /// Settles with a receipt that this key signed for the customer's newest meter.
    pub fn settle_meter(
        &mut self,
        customer: &Customer,
        operator: &OperatorKeys,
        signer: &Keypair,
        units: u64,
    ) -> Outcome {
        let meter = meter_address(&customer.account, &operator.address).0;
        let number = self.meter_state(customer, operator).number;
        let message = receipt(meter.as_array(), number, units);
        let check = ed25519_check(signer, &message);
        let settle = self.meter_settle(customer, operator, units);
        self.svm.send(&[check, settle], &[])
    }

    /// The accounts that revenue goes to, with nothing in them: treasury, insurance, pool.
    pub fn revenue_targets(&mut self) -> [Address; 3] {
        let payer = self.svm.funded("payer");
        let open = self.treasury_open(payer.pubkey());
        self.must(open, &payer);
        let service = self.service;
        let pool_vault = self.pool_vault_of(&service);
        [
            treasury_address(&self.market).0,
            insurance_stable_vault_address(&self.market).0,
            pool_vault,
        ]
    }

    /// The stablecoin account of a service's pool, as the rewards program would open it.
    pub fn pool_vault_of(&mut self, service: &Address) -> Address {
        let address = pool_stable_vault_address(service).0;
        let state = Account {
            mint: self.stable_mint,
            owner: key("pool").pubkey(),
            state: AccountState::Initialized,
            ..Account::default()
        };
        self.svm.put_packed(address, &state);
        address
    }

    /// A customer uses up credits of a meter at this operator.
    pub fn use_up(&mut self, customer: &Customer, operator: &OperatorKeys, credits: u64) {
        let terms = MeterTerms {
            price: 1,
            epoch_cap: u64::MAX,
            deposit: credits,
            notice_epochs: 1,
        };
        let open = self.meter_open(customer, None, operator, terms);
        self.svm.must(&[open], &[&customer.key, &operator.node]);
        self.settle_meter(customer, operator, &customer.key, credits)
            .expect("usage that is paid");
    }

    /// Approves a top-up to spend a customer's stablecoin.
    pub fn approve(&self, customer: &Customer, amount: u64) -> Instruction {
        const APPROVE: u8 = 4;
        let mut data = vec![APPROVE];
        data.extend_from_slice(&amount.to_le_bytes());
        Instruction {
            program_id: Token::id(),
            accounts: vec![
                AccountMeta::new(customer.stable, false),
                AccountMeta::new_readonly(topup_address(&customer.account).0, false),
                AccountMeta::new_readonly(customer.key.pubkey(), true),
            ],
            data,
        }
    }

    /// A customer with an empty account that fills itself, as far as `DOLLARS` go.
    pub fn topped_up(&mut self) -> Customer {
        let customer = self.customer("customer");
        let set = self.topup_set(&customer, customer.stable, topup_params());
        let approve = self.approve(&customer, DOLLARS);
        self.svm.must(&[set, approve], &[&customer.key]);
        customer
    }
}

/// The instructions, one builder each.
impl CreditsWorld {
    fn rules(&self) -> MarketRules {
        MarketRules {
            network: self.network,
            market: self.market,
        }
    }

    pub fn market_change_propose(&self, authority: Address, terms: MarketTerms) -> Instruction {
        instruction::MarketChangePropose { terms }.to_instruction(accounts::MarketChangePropose {
            authority,
            rules: self.rules(),
            change: market_change_address(&self.market).0,
            system_program: System::id(),
        })
    }

    pub fn market_change_apply(&self, proposer: Address) -> Instruction {
        instruction::MarketChangeApply {}.to_instruction(accounts::MarketChangeApply {
            network: self.network,
            market: self.market,
            change: market_change_address(&self.market).0,
            proposer,
        })
    }

    pub fn market_change_cancel(&self, authority: Address) -> Instruction {
        instruction::MarketChangeCancel {}.to_instruction(accounts::MarketChangeCancel {
            authority,
            rules: self.rules(),
            change: market_change_address(&self.market).0,
        })
    }

    pub fn treasury_open(&self, payer: Address) -> Instruction {
        instruction::TreasuryOpen {}.to_instruction(accounts::TreasuryOpen {
            payer,
            network: self.network,
            market: self.market,
            stable_mint: self.stable_mint,
            treasury: treasury_address(&self.market).0,
            insurance_vault: insurance_stable_vault_address(&self.market).0,
            token_program: Token::id(),
            system_program: System::id(),
        })
    }

    pub fn treasury_withdraw(
        &self,
        authority: Address,
        destination: Address,
        amount: u64,
    ) -> Instruction {
        instruction::TreasuryWithdraw { amount }.to_instruction(accounts::TreasuryWithdraw {
            authority,
            rules: self.rules(),
            treasury: treasury_address(&self.market).0,
            destination,
            token_program: Token::id(),
        })
    }

    /// Opens the insurance and puts micro-dollars into it, as releases of revenue would.
    pub fn fund_insurance(&mut self, amount: u64) {
        let [_, vault, _] = self.revenue_targets();
        let mut state: Account = self.svm.packed(&vault);
        state.amount += amount;
        self.svm.put_packed(vault, &state);
    }

    /// Payments that the insurance has made.
    pub fn insurance_payments(&self) -> u64 {
        self.market_state().insurance_payments
    }

    /// The next payment.
    pub fn insurance_pay(
        &self,
        authority: Address,
        customer: &Customer,
        credits: u64,
    ) -> Instruction {
        self.insurance_payment(authority, customer, credits, self.insurance_payments())
    }

    pub fn insurance_payment(
        &self,
        authority: Address,
        customer: &Customer,
        credits: u64,
        payment: u64,
    ) -> Instruction {
        let args = instruction::InsurancePay { credits, payment };
        args.to_instruction(accounts::InsurancePay {
            authority,
            funds: self.funds(customer),
            insurance_vault: insurance_stable_vault_address(&self.market).0,
            revenue_vault: self.revenue_vault,
            token_program: Token::id(),
        })
    }

    pub fn revenue_release(&self) -> Instruction {
        instruction::RevenueRelease {}.to_instruction(accounts::RevenueRelease {
            market: self.market,
            revenue: self.revenue,
            revenue_vault: self.revenue_vault,
            treasury: treasury_address(&self.market).0,
            insurance_vault: insurance_stable_vault_address(&self.market).0,
            pool_vault: pool_stable_vault_address(&self.service).0,
            token_program: Token::id(),
        })
    }

    pub fn biller_set(&self, authority: Address, params: BillerParams) -> Instruction {
        instruction::BillerSet { params }.to_instruction(accounts::BillerSetKey {
            authority,
            rules: self.rules(),
            biller: biller_address(&self.market).0,
            system_program: System::id(),
        })
    }

    pub fn card_sell(
        &self,
        seller: &Seller,
        customer: &Customer,
        payment_id: [u8; 32],
        credits: u64,
        paid_at: i64,
    ) -> Instruction {
        instruction::CardSell {
            payment_id,
            credits,
            paid_at,
        }
        .to_instruction(accounts::CardSell {
            seller: seller.key.pubkey(),
            funds: self.funds(customer),
            biller: biller_address(&self.market).0,
            sale: card_sale_address(&self.market, &payment_id).0,
            seller_stable: seller.stable,
            revenue_vault: self.revenue_vault,
            token_program: Token::id(),
            system_program: System::id(),
        })
    }

    fn reversal(&self, customer: &Customer, number: u8) -> CardReversal {
        CardReversal {
            funds: self.funds(customer),
            biller: biller_address(&self.market).0,
            sale: card_sale_address(&self.market, &payment(number)).0,
        }
    }

    fn payback(&self, seller: &Seller) -> Payback {
        Payback {
            revenue_vault: self.revenue_vault,
            seller_stable: seller.stable,
            token_program: Token::id(),
        }
    }

    pub fn card_chargeback(&self, seller: Address, to: &Customer, number: u8) -> Instruction {
        instruction::CardChargeback {}.to_instruction(accounts::CardChargeback {
            seller,
            card: self.reversal(to, number),
        })
    }

    pub fn card_chargeback_resolve(
        &self,
        decider: Address,
        seller: &Seller,
        customer: &Customer,
        number: u8,
        lost: bool,
    ) -> Instruction {
        let accounts = accounts::CardChargebackResolve {
            decider,
            card: self.reversal(customer, number),
            payback: self.payback(seller),
        };
        instruction::CardChargebackResolve { lost }.to_instruction(accounts)
    }

    pub fn card_refund(&self, seller: &Seller, customer: &Customer, number: u8) -> Instruction {
        instruction::CardRefund {}.to_instruction(accounts::CardRefund {
            seller: seller.key.pubkey(),
            customer: customer.key.pubkey(),
            card: self.reversal(customer, number),
            payback: self.payback(seller),
        })
    }

    pub fn card_close(&self, payer: Address, number: u8) -> Instruction {
        instruction::CardClose {}.to_instruction(accounts::CardClose {
            market: self.market,
            sale: card_sale_address(&self.market, &payment(number)).0,
            payer,
        })
    }

    pub fn delegate_set(
        &self,
        customer: &Customer,
        key: Address,
        params: DelegateParams,
    ) -> Instruction {
        instruction::DelegateSet { params }.to_instruction(accounts::DelegateSetLimits {
            customer: customer.key.pubkey(),
            account: customer.account,
            key,
            delegate: delegate_address(&customer.account, &key).0,
            system_program: System::id(),
        })
    }

    pub fn delegate_remove(&self, customer: &Customer, key: Address) -> Instruction {
        instruction::DelegateRemove {}.to_instruction(accounts::DelegateRemove {
            customer: customer.key.pubkey(),
            account: customer.account,
            delegate: delegate_address(&customer.account, &key).0,
        })
    }
}
