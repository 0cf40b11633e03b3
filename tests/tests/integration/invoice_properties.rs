//! Properties of invoices: whatever happens, the events of the transactions alone give the balances
//! that the chain has.

use {
    proptest::prelude::*,
    solana_instruction::Instruction,
    solana_keypair::Keypair,
    solana_signer::Signer,
    std::ops::Range,
    trestle_credits::state::LeaseTerms,
    trestle_sdk::{
        event::{is_truncated, logged_events},
        invoice::{invoice, Balance, Invoice, Record},
    },
    trestle_tests::{
        billing::{meter_terms, topup_params, Seller},
        credits::{terms, CreditsWorld, Customer, Deal, DOLLARS},
        final_roots::windows,
    },
};

const CUSTOMERS: usize = 2;
/// Roots before the newest one that a lease may still be settled with.
const OLDER_ROOTS: u64 = 3;
/// All that happens ever.
const ALWAYS: Range<i64> = 0..i64::MAX;

#[derive(Clone, Debug)]
enum Step {
    Deposit(u64),
    Withdraw(u64),
    LeaseOpen {
        rate: u64,
        epochs: u64,
        notice: u16,
    },
    LeaseRenew {
        epochs: u64,
        rate: u64,
    },
    LeaseTransfer,
    LeaseEnd,
    LeaseClose,
    MeterOpen(u64),
    MeterDeposit(u64),
    MeterUse(u64),
    MeterEnd,
    MeterClose,
    Sell {
        number: u8,
        credits: u64,
    },
    Chargeback(u8),
    Resolve {
        number: u8,
        lost: bool,
    },
    Refund(u8),
    TopupRun,
    Insure(u64),
    /// The running epoch ends with a root in which so many of so many windows were good, and every
    /// lease is settled with it.
    Publish {
        ok: u32,
        bad: u32,
    },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => (1..3_000_u64).prop_map(Step::Deposit),
        1 => (1..3_000_u64).prop_map(Step::Withdraw),
        3 => (1..300_u64, 1..6_u64, 0..3_u16)
            .prop_map(|(rate, epochs, notice)| Step::LeaseOpen { rate, epochs, notice }),
        1 => (1..3_u64, 1..300_u64).prop_map(|(epochs, rate)| Step::LeaseRenew { epochs, rate }),
        1 => Just(Step::LeaseTransfer),
        1 => Just(Step::LeaseEnd),
        2 => Just(Step::LeaseClose),
        2 => (1..900_u64).prop_map(Step::MeterOpen),
        1 => (1..500_u64).prop_map(Step::MeterDeposit),
        3 => (1..90_u64).prop_map(Step::MeterUse),
        1 => Just(Step::MeterEnd),
        2 => Just(Step::MeterClose),
        2 => (0..4_u8, 1..2_000_u64).prop_map(|(number, credits)| Step::Sell { number, credits }),
        1 => (0..4_u8).prop_map(Step::Chargeback),
        1 => (0..4_u8, any::<bool>()).prop_map(|(number, lost)| Step::Resolve { number, lost }),
        1 => (0..4_u8).prop_map(Step::Refund),
        1 => Just(Step::TopupRun),
        1 => (1..60_u64).prop_map(Step::Insure),
        5 => (0..4_u32, 0..3_u32).prop_map(|(ok, bad)| Step::Publish { ok, bad }),
    ]
}

struct Model {
    world: CreditsWorld,
    seller: Seller,
    customers: Vec<Customer>,
    /// Two of each customer: the one that its next lease is for, and the one that it left.
    deals: Vec<[Deal; 2]>,
    windows: (u32, u32),
    /// Units that each customer signed for.
    units: [u64; CUSTOMERS],
}

impl Model {
    fn new() -> Self {
        let mut world = CreditsWorld::new();
        world.fund_insurance(1_000);
        let seller = world.seller();
        let names = ["first", "second"];
        let customers: Vec<Customer> = names
            .iter()
            .map(|name| world.rich_customer(name, 3_000))
            .collect();
        for customer in &customers {
            let set = world.topup_set(customer, customer.stable, topup_params());
            let approve = world.approve(customer, DOLLARS / 2);
            world.svm.must(&[set, approve], &[&customer.key]);
        }
        let deals = customers.iter().zip(names).map(|(customer, name)| {
            ["operator", "other operator"]
                .map(|kind| world.deal(&format!("{kind} of {name}"), customer))
        });
        let deals = deals.collect();
        Self {
            world,
            seller,
            customers,
            deals,
            windows: (0, 0),
            units: [0; CUSTOMERS],
        }
    }

    /// Does it, if the program lets it happen.
    fn try_send(&mut self, instructions: &[Instruction], signers: &[&Keypair]) -> bool {
        self.world.svm.send(instructions, signers).is_ok()
    }

    fn run(&mut self, who: usize, step: &Step) {
        match *step {
            Step::Publish { ok, bad } => self.publish(ok, bad),
            Step::Sell { .. } | Step::Chargeback(_) | Step::Resolve { .. } | Step::Refund(_) => {
                self.run_card(who, step);
            }
            Step::MeterOpen(_)
            | Step::MeterDeposit(_)
            | Step::MeterUse(_)
            | Step::MeterEnd
            | Step::MeterClose => self.run_meter(who, step),
            Step::Insure(credits) => self.insure(who, credits),
            Step::Deposit(_) | Step::Withdraw(_) | Step::TopupRun => self.run_account(who, step),
            _ => self.run_lease(who, step),
        }
    }

    fn run_account(&mut self, who: usize, step: &Step) {
        let customer = &self.customers[who];
        let key = customer.key.insecure_clone();
        let instructions = match *step {
            Step::Deposit(credits) => vec![
                self.world.credits_buy_stable(customer, credits, u64::MAX),
                self.world.account_deposit(customer, credits),
            ],
            Step::Withdraw(credits) => vec![self.world.account_withdraw(customer, credits)],
            _ => vec![self.world.topup_run(customer)],
        };
        self.try_send(&instructions, &[&key]);
    }

    fn insure(&mut self, who: usize, credits: u64) {
        let (customer, authority) = (&self.customers[who], self.world.authority_key());
        let ix = self
            .world
            .insurance_pay(authority.pubkey(), customer, credits);
        self.try_send(&[ix], &[&authority]);
    }

    fn run_card(&mut self, who: usize, step: &Step) {
        let (customer, seller) = (&self.customers[who], &self.seller);
        let signer = seller.key.insecure_clone();
        // Each customer has payments of its own.
        let own = |number: u8| number * 2 + u8::from(who == 1);
        let ix = match *step {
            Step::Sell { number, credits } => {
                let _ = self.world.sell(seller, customer, own(number), credits);
                return;
            }
            Step::Chargeback(number) => {
                self.world
                    .card_chargeback(signer.pubkey(), customer, own(number))
            }
            Step::Resolve { number, lost } => self.world.card_chargeback_resolve(
                signer.pubkey(),
                seller,
                customer,
                own(number),
                lost,
            ),
            Step::Refund(number) => self.world.card_refund(seller, customer, own(number)),
            _ => return,
        };
        self.try_send(&[ix], &[&signer]);
    }

    fn run_meter(&mut self, who: usize, step: &Step) {
        let (customer, operator) = (&self.customers[who], &self.deals[who][0].operator);
        let (key, node) = (
            customer.key.insecure_clone(),
            operator.node.insecure_clone(),
        );
        let ix = match *step {
            Step::MeterOpen(deposit) => {
                let terms = trestle_credits::state::MeterTerms {
                    deposit,
                    ..meter_terms()
                };
                let open = self.world.meter_open(customer, None, operator, terms);
                if self.try_send(&[open], &[&key, &node]) {
                    self.units[who] = 0;
                }
                return;
            }
            Step::MeterDeposit(credits) => {
                self.world.meter_deposit(customer, None, operator, credits)
            }
            Step::MeterUse(units) => {
                let meter = trestle_credits::address::meter_address;
                let address = meter(&customer.account, &operator.address).0;
                if self.world.svm.raw(&address).is_some() {
                    self.units[who] += units;
                    let total = self.units[who];
                    let _ = self.world.settle_meter(customer, operator, &key, total);
                }
                return;
            }
            Step::MeterEnd => self.world.meter_end(key.pubkey(), customer, operator),
            _ => self.world.meter_close(key.pubkey(), customer, operator),
        };
        self.try_send(&[ix], &[&key]);
    }

    fn run_lease(&mut self, who: usize, step: &Step) {
        let (customer, [now, next]) = (&self.customers[who], &self.deals[who]);
        let key = customer.key.insecure_clone();
        let (node, other) = (
            now.operator.node.insecure_clone(),
            next.operator.node.insecure_clone(),
        );
        match *step {
            Step::LeaseOpen {
                rate,
                epochs,
                notice,
            } => {
                let terms = LeaseTerms {
                    rate_per_epoch: rate,
                    epochs,
                    notice_epochs: notice,
                    ..terms()
                };
                let _ = self.world.open(customer, now, terms);
            }
            Step::LeaseRenew { epochs, rate } => {
                let ix = self.world.lease_renew(customer, now, epochs, rate, true);
                self.try_send(&[ix], &[&key, &node]);
            }
            Step::LeaseTransfer => {
                let ix = self.world.lease_transfer(customer, now, next, terms());
                if self.try_send(&[ix], &[&key, &other]) {
                    self.deals[who].reverse();
                }
            }
            Step::LeaseEnd => {
                let ix = self.world.lease_end(key.pubkey(), now, 1);
                self.try_send(&[ix], &[&key]);
            }
            _ => {
                for deal in 0..2 {
                    let (customer, deal) = (&self.customers[who], &self.deals[who][deal]);
                    let ix = self.world.lease_close(customer, deal);
                    self.try_send(&[ix], &[]);
                }
            }
        }
    }

    fn publish(&mut self, ok: u32, bad: u32) {
        self.windows.0 += ok;
        self.windows.1 += ok + bad;
        let leaf = windows(self.windows.0, self.windows.1);
        let deals = self.deals.iter().flatten();
        let leaves: Vec<_> = deals.map(|deal| (deal.operator.address, leaf)).collect();
        let epoch = self.world.epoch();
        self.world.publish(epoch, &leaves);
        for (customer, deals) in self.customers.iter().zip(&self.deals) {
            for deal in deals {
                if self.world.svm.raw(&deal.lease).is_some() {
                    // A lease takes its baseline from an older root first.
                    for due in epoch.saturating_sub(OLDER_ROOTS)..=epoch {
                        let _ = self.world.settle(customer, deal, due);
                    }
                }
            }
        }
    }

    fn records(&self) -> Vec<Record> {
        let history = self.world.svm.history.iter();
        history
            .map(|(at, logs)| Record {
                at: *at,
                events: logged_events(logs),
                is_truncated: is_truncated(logs),
            })
            .collect()
    }

    fn invoice(&self, who: usize, period: &Range<i64>) -> Invoice {
        let customer = trestle_sdk::invoice::Customer {
            account: self.customers[who].account,
            wallet: self.customers[who].key.pubkey(),
        };
        invoice(&customer, &self.records(), period)
    }

    fn check(&self) {
        for who in 0..CUSTOMERS {
            let state = self.world.account_state(&self.customers[who]);
            let whole = self.invoice(who, &ALWAYS);
            assert!(whole.is_complete() && whole.is_balanced(), "{whole:?}");
            assert_eq!(whole.opening, Balance::default());
            let on_chain = Balance {
                free: state.balance,
                escrowed: state.escrowed,
                frozen: state.frozen,
            };
            assert_eq!((whole.closing, whole.used()), (on_chain, state.consumed));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn an_invoice_from_logs_has_the_chains_balances(
        steps in prop::collection::vec((0..CUSTOMERS, step()), 1..60),
        cut in 0..60_usize,
    ) {
        let mut model = Model::new();
        let mut at = model.world.svm.now();
        for (number, (who, step)) in steps.iter().enumerate() {
            if number == cut {
                model.world.svm.advance(1);
                at = model.world.svm.now();
            }
            model.run(*who, step);
        }
        model.check();
        // Two invoices side by side say the same as one.
        for who in 0..CUSTOMERS {
            let first = model.invoice(who, &(0..at));
            let second = model.invoice(who, &(at..i64::MAX));
            prop_assert!(first.is_balanced() && second.is_balanced());
            prop_assert_eq!(first.closing, second.opening);
            let whole = model.invoice(who, &ALWAYS);
            prop_assert_eq!(first.used() + second.used(), whole.used());
            prop_assert_eq!(
                first.service_credits() + second.service_credits(),
                whole.service_credits()
            );
        }
    }
}

#[test]
fn a_history_without_one_of_its_transactions_says_so() {
    let mut model = Model::new();
    for step in [
        Step::LeaseOpen {
            rate: 100,
            epochs: 3,
            notice: 0,
        },
        // The first root only gives the counters that the lease starts from.
        Step::Publish { ok: 0, bad: 0 },
        Step::Publish { ok: 1, bad: 0 },
        Step::Publish { ok: 1, bad: 1 },
        Step::Withdraw(10),
    ] {
        model.run(0, &step);
    }
    let customer = trestle_sdk::invoice::Customer {
        account: model.customers[0].account,
        wallet: model.customers[0].key.pubkey(),
    };
    let records = model.records();
    let whole = invoice(&customer, &records, &ALWAYS);
    assert!(whole.is_complete());
    assert_eq!(whole.leases.len(), 1);
    let line = &whole.leases[0];
    assert_eq!(
        (line.periods, line.windows_ok, line.windows_total),
        (2, 2, 3)
    );
    assert_eq!(line.funded, line.used + line.refunded + line.escrow);
    let mut noticed = 0;
    for record in &records {
        let mut without = records.clone();
        without.retain(|one| one != record);
        let left = invoice(&customer, &without, &ALWAYS);
        if left != whole {
            // What came before it cannot tell that the last transaction is missing.
            let is_last = records.last() == Some(record);
            assert!(is_last || !left.is_complete(), "{record:?}");
            noticed += 1;
        }
    }
    assert_eq!(
        noticed, 6,
        "opening, deposit, lease, two settlements, withdrawal"
    );
}
