//! What a policy guards, so that each test of a policy runs over all of it.

use {
    crate::{
        clearance::{full_terms, show, IssuerKeys, Shown},
        credits::{terms, CreditsWorld, Customer, Deal},
        lease_groups::{group_terms, Group},
        proofs::Stage,
        staking::{OperatorKeys, World},
        svm::{assert_refused, program_id, Outcome},
        tokens::TOKEN,
    },
    anchor_lang::Error,
    solana_address::Address,
    solana_keypair::Keypair,
    solana_signer::Signer,
    trestle_core::clearance::Refusal,
    trestle_credits::{
        error::CreditsError,
        state::{GroupTerms, Lease, LeaseTerms},
    },
    trestle_proofs::error::ProofsError,
    trestle_staking::state::PolicyRules,
};

/// Something that a policy guards.
pub trait Gate {
    /// With both parties, before anything is opened.
    fn ready() -> Self;
    fn world(&mut self) -> &mut World;
    /// The wallet that registered the operator.
    fn operator(&self) -> Address;
    fn customer(&self) -> Address;
    fn open(&mut self, shown: &Shown) -> Outcome;
    /// Checks that the program refused, with its own error for this reason.
    fn refuse(outcome: Outcome, refusal: Refusal);
}

/// Commitments of one operator and one customer.
pub struct Commitments {
    stage: Stage,
    operator: OperatorKeys,
    customer: Keypair,
    opened: u8,
}

impl Gate for Commitments {
    fn ready() -> Self {
        let mut stage = Stage::new();
        Self {
            operator: stage.world.operator("operator", 100 * TOKEN),
            customer: stage.world.svm.funded("customer"),
            stage,
            opened: 0,
        }
    }

    fn world(&mut self) -> &mut World {
        &mut self.stage.world
    }

    fn operator(&self) -> Address {
        self.operator.authority.pubkey()
    }

    fn customer(&self) -> Address {
        self.customer.pubkey()
    }

    fn open(&mut self, shown: &Shown) -> Outcome {
        self.opened += 1;
        let ix = self.stage.commitment_register(
            self.customer.pubkey(),
            self.operator.node.pubkey(),
            self.operator.address,
            [self.opened; 32],
            1_000,
        );
        let ix = show(ix, &self.stage.world.policy(), shown);
        let signers = [&self.customer, &self.operator.node];
        self.stage.world.svm.send(&[ix], &signers)
    }

    fn refuse(outcome: Outcome, refusal: Refusal) {
        let error: Error = match refusal {
            Refusal::WrongPolicy => ProofsError::WrongPolicy,
            Refusal::WrongIssuer => ProofsError::WrongIssuer,
            Refusal::IssuerRevoked => ProofsError::IssuerRevoked,
            Refusal::NotCleared => ProofsError::NotCleared,
            Refusal::Revoked => ProofsError::ClearanceRevoked,
            Refusal::Expired => ProofsError::ClearanceExpired,
            Refusal::KindsMissing => ProofsError::KindNotCleared,
            Refusal::Jurisdiction => ProofsError::JurisdictionRefused,
            Refusal::AuditTier => ProofsError::AuditTierTooLow,
            Refusal::WrongVersion => ProofsError::WrongVersion,
        }
        .into();
        assert_refused(outcome, program_id("proofs"), error);
    }
}

/// A lease of one operator and one customer.
pub struct Leases {
    world: CreditsWorld,
    customer: Customer,
    deal: Deal,
}

impl Gate for Leases {
    fn ready() -> Self {
        let mut world = CreditsWorld::new();
        let customer = world.rich_customer("customer", 100_000);
        let deal = world.deal("operator", &customer);
        Self {
            world,
            customer,
            deal,
        }
    }

    fn world(&mut self) -> &mut World {
        &mut self.world.staking
    }

    fn operator(&self) -> Address {
        self.deal.operator.authority.pubkey()
    }

    fn customer(&self) -> Address {
        self.customer.key.pubkey()
    }

    fn open(&mut self, shown: &Shown) -> Outcome {
        let ix = self.world.lease_open(&self.customer, &self.deal, terms());
        let ix = show(ix, &self.world.policy(), shown);
        let signers = [&self.customer.key, &self.deal.operator.node];
        self.world.svm.send(&[ix], &signers)
    }

    fn refuse(outcome: Outcome, refusal: Refusal) {
        refuse_in_credits(outcome, refusal);
    }
}

/// Renewals of a lease that was opened before there was a policy.
pub struct Renewals {
    leases: Leases,
}

impl Gate for Renewals {
    fn ready() -> Self {
        let mut leases = Leases::ready();
        let (customer, deal) = (&leases.customer, &leases.deal);
        let opened = leases.world.open(customer, deal, terms());
        opened.expect("a lease");
        Self { leases }
    }

    fn world(&mut self) -> &mut World {
        self.leases.world()
    }

    fn operator(&self) -> Address {
        self.leases.operator()
    }

    fn customer(&self) -> Address {
        self.leases.customer()
    }

    /// However much time has passed, the lease is in its last epoch.
    fn open(&mut self, shown: &Shown) -> Outcome {
        let Leases {
            world,
            customer,
            deal,
        } = &mut self.leases;
        let epoch = world.epoch();
        world
            .svm
            .edit::<Lease>(&deal.lease, |lease| lease.end_epoch = epoch);
        let ix = world.lease_renew(customer, deal, 1, 1_000, true);
        let ix = show(ix, &world.policy(), shown);
        let signers = [&customer.key, &deal.operator.node];
        world.svm.send(&[ix], &signers)
    }

    fn refuse(outcome: Outcome, refusal: Refusal) {
        refuse_in_credits(outcome, refusal);
    }
}

/// Joins of an operator to one customer's groups.
pub struct Joins {
    leases: Leases,
    joined: u64,
}

impl Gate for Joins {
    fn ready() -> Self {
        Self {
            leases: Leases::ready(),
            joined: 0,
        }
    }

    fn world(&mut self) -> &mut World {
        self.leases.world()
    }

    fn operator(&self) -> Address {
        self.leases.operator()
    }

    fn customer(&self) -> Address {
        self.leases.customer()
    }

    /// Each time another group, which begins with the next epoch.
    fn open(&mut self, shown: &Shown) -> Outcome {
        self.joined += 1;
        let Leases {
            world,
            customer,
            deal,
        } = &mut self.leases;
        let group = Group::of(customer.clone(), self.joined);
        let terms = GroupTerms {
            start_epoch: world.epoch() + 1,
            lease: LeaseTerms {
                rate_per_epoch: 1,
                ..terms()
            },
            ..group_terms()
        };
        world.open_group(&group, terms).expect("a group");
        let ix = world.lease_group_join(&group, deal, terms);
        let ix = show(ix, &world.policy(), shown);
        let signers = [&customer.key, &deal.operator.node];
        world.svm.send(&[ix], &signers)
    }

    fn refuse(outcome: Outcome, refusal: Refusal) {
        refuse_in_credits(outcome, refusal);
    }
}

/// Checks that the credits program refused, with its error for this reason.
fn refuse_in_credits(outcome: Outcome, refusal: Refusal) {
    let error: Error = match refusal {
        Refusal::WrongPolicy => CreditsError::WrongPolicy,
        Refusal::WrongIssuer => CreditsError::WrongIssuer,
        Refusal::IssuerRevoked => CreditsError::IssuerRevoked,
        Refusal::NotCleared => CreditsError::NotCleared,
        Refusal::Revoked => CreditsError::ClearanceRevoked,
        Refusal::Expired => CreditsError::ClearanceExpired,
        Refusal::KindsMissing => CreditsError::KindNotCleared,
        Refusal::Jurisdiction => CreditsError::JurisdictionRefused,
        Refusal::AuditTier => CreditsError::AuditTierTooLow,
        Refusal::WrongVersion => CreditsError::WrongVersion,
    }
    .into();
    assert_refused(outcome, program_id("credits"), error);
}

/// A gate with this policy, an issuer, and both parties cleared for everything for a year.
pub fn cleared<G: Gate>(rules: PolicyRules) -> (G, IssuerKeys, Shown) {
    let mut gate = G::ready();
    let (operator, customer) = (gate.operator(), gate.customer());
    let world = gate.world();
    world.impose(rules);
    let issuer = world.issuer("issuer");
    let terms = full_terms(world.svm.now());
    for subject in [operator, customer] {
        world.clear(&issuer, subject, terms);
    }
    let shown = Shown {
        policy: world.policy(),
        operator: world.vouched(&issuer, &operator),
        customer: world.vouched(&issuer, &customer),
    };
    (gate, issuer, shown)
}
