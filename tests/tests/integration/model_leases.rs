//! Off chain: the transactions of steps that concern commitments and leases.

use {
    crate::model_chain::{key_of, Chain},
    solana_signer::Signer,
    trestle_credits::state::LeaseTerms,
    trestle_model::{LeaseDeal, Step},
    trestle_sdk::instruction::{
        clearance::Admission,
        proofs::{self as build, CommitmentParties},
    },
    trestle_tests::{commitments::data_root, credits::terms, svm::Outcome},
};

/// The terms of a lease in the words of the program.
pub fn lease_terms(deal: &LeaseDeal) -> LeaseTerms {
    LeaseTerms {
        rate_per_epoch: deal.rate,
        epochs: deal.epochs,
        period_epochs: deal.period,
        sla_bps: deal.sla_bps,
        credit_bps: deal.credit_bps,
        credit_cap_bps: deal.cap_bps,
        notice_epochs: deal.notice,
        renewal_epochs: deal.renewal_epochs,
        renewal_rate: deal.renewal_rate,
        ..terms()
    }
}

impl Chain {
    /// Sends a step that concerns what an operator keeps.
    pub fn send_commitment(&mut self, step: &Step) -> Outcome {
        let (network, service) = (self.world.network, self.world.service);
        match *step {
            Step::CommitmentRegister {
                customer: number,
                operator,
                size_bytes,
            } => {
                let keys = self.operator_keys(operator);
                let customer = self.customer(number).key;
                let parties = CommitmentParties {
                    customer: customer.pubkey(),
                    node_key: keys.node.pubkey(),
                    network,
                    service,
                    operator: keys.address,
                    admission: Admission::default(),
                };
                let root = data_root(&keys.address, &customer.pubkey());
                let ix = build::commitment_register(&parties, root, size_bytes);
                let ix = self.admitted(ix, number, operator);
                self.relay(&[ix], &[&customer, &keys.node])
            }
            Step::CommitmentEnd {
                by,
                customer,
                operator,
            } => {
                let deal = self.deal(customer, operator);
                let (party, address) = (key_of(by).pubkey(), deal.operator.address);
                let ix =
                    build::commitment_end(&party, &network, &service, &address, &deal.commitment);
                self.sign(Some(by), ix)
            }
            Step::CommitmentClose { customer, operator } => {
                let deal = self.deal(customer, operator);
                let wallet = self.customer(customer).key.pubkey();
                let address = deal.operator.address;
                let ix = build::commitment_close(
                    &wallet,
                    &network,
                    &service,
                    &address,
                    &deal.commitment,
                );
                self.sign(None, ix)
            }
            Step::MaintenanceDeclare {
                by,
                operator,
                first,
                epochs,
            } => {
                let keys = self.as_operator(by, operator);
                let ix = self.world.maintenance_declare(&keys, first, epochs);
                self.sign(Some(by), ix)
            }
            _ => unreachable!("no step of commitments: {step:?}"),
        }
    }

    /// Sends a step of a lease.
    pub fn send_lease(&mut self, step: &Step) -> Outcome {
        match *step {
            Step::LeaseOpen {
                customer: number,
                operator,
                deal,
            } => {
                let deal_keys = self.deal(number, operator);
                let customer = self.customer(number);
                let terms = lease_terms(&deal);
                let ix = self.world.lease_open(&customer, &deal_keys, terms);
                let ix = self.admitted(ix, number, operator);
                let signers = [&customer.key, &deal_keys.operator.node];
                self.relay(&[ix], &signers)
            }
            Step::LeaseSettle {
                customer,
                operator,
                back,
            } => {
                let deal = self.deal(customer, operator);
                let leaf = self.shown_leaf(operator, back);
                let customer = self.customer(customer);
                let ix = self.world.lease_settle(&customer, &deal, leaf);
                self.relay(&[ix], &[])
            }
            Step::LeaseEnd {
                by,
                customer,
                operator,
            } => {
                let deal = self.deal(customer, operator);
                let key = key_of(by);
                let ix = self.world.lease_end(key.pubkey(), &deal, 1);
                self.relay(&[ix], &[&key])
            }
            Step::LeaseClose { customer, operator } => {
                let deal = self.deal(customer, operator);
                let customer = self.customer(customer);
                let ix = self.world.lease_close(&customer, &deal);
                self.relay(&[ix], &[])
            }
            _ => self.send_renewal(step),
        }
    }

    /// Sends a step by which a customer goes on, with its operator or with another.
    fn send_renewal(&mut self, step: &Step) -> Outcome {
        match *step {
            Step::LeaseRenew {
                customer: number,
                operator,
                epochs,
                rate,
                by_node,
            } => {
                let deal = self.deal(number, operator);
                let customer = self.customer(number);
                let ix = self
                    .world
                    .lease_renew(&customer, &deal, epochs, rate, by_node);
                let ix = self.admitted(ix, number, operator);
                let mut signers = vec![&customer.key];
                signers.extend(by_node.then_some(&deal.operator.node));
                self.relay(&[ix], &signers)
            }
            Step::LeaseTransfer {
                customer: number,
                from,
                to: operator,
                deal,
            } => {
                let (from, to) = (self.deal(number, from), self.deal(number, operator));
                let customer = self.customer(number);
                let terms = lease_terms(&deal);
                let ix = self.world.lease_transfer(&customer, &from, &to, terms);
                let ix = self.admitted(ix, number, operator);
                self.relay(&[ix], &[&customer.key, &to.operator.node])
            }
            _ => unreachable!("no step of leases: {step:?}"),
        }
    }
}
