//! Off chain: the transactions of steps that concern credits.

use {
    crate::model_chain::{key_of, node_of, Chain},
    solana_keypair::Keypair,
    solana_signer::Signer,
    trestle_core::usage::receipt,
    trestle_credits::{
        address::{customer_address, meter_address},
        state::{BillerParams, DelegateParams, MeterTerms, TopupParams},
    },
    trestle_model::{Actor, Step},
    trestle_tests::{
        billing::{ed25519_check, payment, Seller, CHARGEBACK},
        credits::{self, price, Deal},
        staking::OperatorKeys,
        svm::Outcome,
    },
};

/// Payments by card that there can be.
pub const PAYMENTS: u8 = 4;

impl Chain {
    pub fn customer(&self, number: u8) -> credits::Customer {
        let actor = Actor::Customer(number);
        let (key, purses) = (key_of(actor), self.purses(actor));
        credits::Customer {
            wallet: credits::credit_account(&key.pubkey(), &self.world.credit_mint),
            account: customer_address(&self.world.network, &key.pubkey()).0,
            tokens: purses.tokens,
            stable: purses.stable,
            key,
        }
    }

    fn seller(&self, by: Actor) -> Seller {
        Seller {
            key: key_of(by),
            stable: self.purses(by).stable,
        }
    }

    pub fn operator_keys(&self, operator: u8) -> OperatorKeys {
        let actor = Actor::Operator(operator);
        OperatorKeys {
            authority: key_of(actor),
            node: node_of(operator),
            address: self.operator_address(operator),
            purse: self.purses(actor).tokens,
        }
    }

    /// The commitment of an operator to a customer, which is there from the start.
    pub fn deal(&self, customer: u8, operator: u8) -> Deal {
        let deal = &self.deals[&(customer, operator)];
        Deal {
            operator: self.operator_keys(operator),
            commitment: deal.commitment,
            lease: deal.lease,
        }
    }

    /// Sends a step that concerns credits.
    pub fn send_credits(&mut self, step: &Step) -> Outcome {
        match *step {
            Step::CreditsBuyBurn {
                customer,
                credits,
                most,
            } => {
                let customer = self.customer(customer);
                let ix = self.world.credits_buy_burn(&customer, credits, most);
                self.relay(&[ix], &[&customer.key])
            }
            Step::CreditsBuyStable {
                customer,
                credits,
                most,
            } => {
                let customer = self.customer(customer);
                let ix = self.world.credits_buy_stable(&customer, credits, most);
                self.relay(&[ix], &[&customer.key])
            }
            Step::AccountDeposit { customer, credits } => {
                let customer = self.customer(customer);
                let ix = self.world.account_deposit(&customer, credits);
                self.relay(&[ix], &[&customer.key])
            }
            Step::AccountWithdraw { customer, credits } => {
                let customer = self.customer(customer);
                let ix = self.world.account_withdraw(&customer, credits);
                self.relay(&[ix], &[&customer.key])
            }
            Step::RevenueRelease => {
                let ix = self.world.revenue_release();
                self.relay(&[ix], &[])
            }
            Step::TreasuryWithdraw { by, amount } => {
                let (key, purse) = (key_of(by), self.purses(by).stable);
                let ix = self.world.treasury_withdraw(key.pubkey(), purse, amount);
                self.relay(&[ix], &[&key])
            }
            Step::InsurancePay {
                by,
                customer,
                credits,
                is_next,
            } => {
                let (key, customer) = (key_of(by), self.customer(customer));
                let payment = self.world.insurance_payments() + u64::from(!is_next);
                let authority = key.pubkey();
                let ix = self
                    .world
                    .insurance_payment(authority, &customer, credits, payment);
                self.relay(&[ix], &[&key])
            }
            _ => self.send_card(step),
        }
    }

    fn send_card(&mut self, step: &Step) -> Outcome {
        let world = &self.world;
        let (keys, ix) = match *step {
            Step::BillerSet { by, daily_cap } => {
                let params = BillerParams {
                    key: key_of(Actor::Biller).pubkey(),
                    daily_cap,
                    chargeback_seconds: CHARGEBACK,
                };
                let key = key_of(by);
                let ix = world.biller_set(key.pubkey(), params);
                (vec![key], ix)
            }
            Step::CardSell {
                by,
                customer,
                payment: number,
                credits,
                age,
            } => {
                let (seller, customer) = (self.seller(by), self.customer(customer));
                let paid_at = world.svm.now() - age;
                let id = payment(number);
                let ix = world.card_sell(&seller, &customer, id, credits, paid_at);
                (vec![seller.key], ix)
            }
            Step::CardChargeback {
                by,
                customer,
                payment,
            } => {
                let key = key_of(by);
                let customer = self.customer(customer);
                let ix = world.card_chargeback(key.pubkey(), &customer, payment);
                (vec![key], ix)
            }
            Step::CardResolve {
                by,
                customer,
                payment,
                lost,
            } => {
                let (seller, customer) = (self.seller(by), self.customer(customer));
                let decider = seller.key.pubkey();
                let ix = world.card_chargeback_resolve(decider, &seller, &customer, payment, lost);
                (vec![seller.key], ix)
            }
            Step::CardRefund {
                by,
                customer,
                payment,
            } => {
                let (seller, customer) = (self.seller(by), self.customer(customer));
                let ix = world.card_refund(&seller, &customer, payment);
                (vec![seller.key, customer.key], ix)
            }
            Step::CardClose { payment } => {
                let payer = key_of(Actor::Biller).pubkey();
                (Vec::new(), world.card_close(payer, payment))
            }
            _ => unreachable!("no step of cards: {step:?}"),
        };
        let keys: Vec<&Keypair> = keys.iter().collect();
        self.relay(&[ix], &keys)
    }

    /// Sends a step of a meter.
    pub fn send_meter(&mut self, step: &Step) -> Outcome {
        match *step {
            Step::MeterOpen {
                by,
                customer,
                operator,
                deal,
            } => {
                let keys = self.operator_keys(operator);
                let terms = MeterTerms {
                    price: deal.price,
                    epoch_cap: deal.epoch_cap,
                    deposit: deal.deposit,
                    notice_epochs: deal.notice,
                };
                let key = key_of(by);
                let delegate = (by != Actor::Customer(customer)).then_some(&key);
                let customer = self.customer(customer);
                let ix = self.world.meter_open(&customer, delegate, &keys, terms);
                self.relay(&[ix], &[&key, &keys.node])
            }
            Step::MeterDeposit {
                by,
                customer,
                operator,
                credits,
            } => {
                let keys = self.operator_keys(operator);
                let key = key_of(by);
                let delegate = (by != Actor::Customer(customer)).then_some(&key);
                let customer = self.customer(customer);
                let ix = self
                    .world
                    .meter_deposit(&customer, delegate, &keys, credits);
                self.relay(&[ix], &[&key])
            }
            Step::MeterSettle {
                customer,
                operator,
                units,
                signed_by,
            } => self.settle_meter(customer, operator, units, signed_by),
            Step::MeterEnd {
                by,
                customer,
                operator,
            } => {
                let (key, customer) = (key_of(by), self.customer(customer));
                let keys = self.operator_keys(operator);
                let ix = self.world.meter_end(key.pubkey(), &customer, &keys);
                self.relay(&[ix], &[&key])
            }
            Step::MeterClose { customer, operator } => {
                let meter = self.model.credits.meters.get(&(customer, operator));
                let signer = meter.map_or(Actor::Customer(customer), |meter| meter.signer);
                let keys = self.operator_keys(operator);
                let opener = key_of(signer).pubkey();
                let ix = self
                    .world
                    .meter_close(opener, &self.customer(customer), &keys);
                self.relay(&[ix], &[])
            }
            _ => self.send_limits(step),
        }
    }

    /// Sends a receipt together with the check of its signature.
    fn settle_meter(
        &mut self,
        customer: u8,
        operator: u8,
        units: u64,
        signed_by: Actor,
    ) -> Outcome {
        let keys = self.operator_keys(operator);
        let meter = self.model.credits.meters.get(&(customer, operator));
        let number = meter.map_or(0, |meter| meter.number);
        let customer = self.customer(customer);
        let meter = meter_address(&customer.account, &keys.address).0;
        let message = receipt(meter.as_array(), number, units);
        let check = ed25519_check(&key_of(signed_by), &message);
        let ix = self.world.meter_settle(&customer, &keys, units);
        self.relay(&[check, ix], &[])
    }

    /// Steps by which a customer lets others spend its credits and stablecoin.
    fn send_limits(&mut self, step: &Step) -> Outcome {
        let world = &self.world;
        let (number, instructions) = match *step {
            Step::DelegateSet {
                customer,
                to,
                limits,
            } => {
                let params = DelegateParams {
                    epoch_limit: limits.epoch_limit,
                    total_limit: limits.total_limit,
                    last_epoch: limits.last_epoch,
                    services: Vec::new(),
                };
                let to = key_of(to).pubkey();
                let ix = world.delegate_set(&self.customer(customer), to, params);
                (Some(customer), vec![ix])
            }
            Step::DelegateRemove { customer, to } => {
                let to = key_of(to).pubkey();
                let ix = world.delegate_remove(&self.customer(customer), to);
                (Some(customer), vec![ix])
            }
            Step::TopupSet { customer, rules } => {
                let keys = self.customer(customer);
                let params = TopupParams {
                    floor: rules.floor,
                    amount: rules.amount,
                    period_epochs: rules.period,
                };
                let set = world.topup_set(&keys, keys.stable, params);
                let approve = world.approve(&keys, rules.approved);
                (Some(customer), vec![set, approve])
            }
            Step::TopupRun { customer } => (None, vec![world.topup_run(&self.customer(customer))]),
            Step::TopupRemove { customer } => {
                let ix = world.topup_remove(&self.customer(customer));
                (Some(customer), vec![ix])
            }
            _ => unreachable!("no step of credits: {step:?}"),
        };
        let keys: Vec<Keypair> = number
            .map(|number| key_of(Actor::Customer(number)))
            .into_iter()
            .collect();
        let keys: Vec<&Keypair> = keys.iter().collect();
        self.relay(&instructions, &keys)
    }

    /// Writes a price as Pyth would, so that credits cost this mantissa.
    pub fn post_price(&mut self, mantissa: u64) {
        let mut update = price(self.world.svm.now());
        update.ema_price = i64::try_from(mantissa + 2 * update.ema_conf).expect("a small price");
        self.world.post_price(&update);
    }
}
