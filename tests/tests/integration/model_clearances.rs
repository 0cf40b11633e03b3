//! Off chain: the transactions of steps by which somebody is admitted, or is not.

use {
    crate::{
        model_chain::{key_of, Chain, CUSTOMERS, OPERATORS},
        model_steps::EPOCH,
    },
    solana_address::Address,
    solana_instruction::Instruction,
    solana_signer::Signer,
    trestle_core::clearance::{JURISDICTIONS_MAX, MODE_ALLOW, MODE_ANY, MODE_REFUSE},
    trestle_model::{Actor, Countries, GroupDeal, LeaseDeal, Step, Vouch},
    trestle_staking::{
        address::{clearance_address, issuer_address},
        state::{ClearanceTerms, IssuerParams, PolicyRules},
    },
    trestle_tests::{
        clearance::{self, country, issuer_params, IssuerKeys, Shown, Vouched},
        svm::Outcome,
    },
};

/// Keys that the network may admit as issuers.
pub const ISSUERS: u8 = 3;
/// The countries, in the order of their numbers, of which the first is one.
const COUNTRIES: [&[u8; 2]; 4] = [b"AT", b"DE", b"FR", b"US"];

/// The number of a country as accounts keep it.
pub fn packed(number: u8) -> u16 {
    let place = usize::from(number).checked_sub(1);
    place.map_or(0, |place| country(COUNTRIES[place]))
}

/// The rules of a policy in the words of the program.
pub fn policy_rules(rules: &trestle_model::PolicyRules) -> PolicyRules {
    let (mode, mask) = match rules.countries {
        Countries::Any => (MODE_ANY, 0),
        Countries::Only(mask) => (MODE_ALLOW, mask),
        Countries::Not(mask) => (MODE_REFUSE, mask),
    };
    let numbers = (1_u8..).take(COUNTRIES.len());
    let listed = numbers.filter(|number| mask & (1_u8 << *number) != 0);
    let listed: Vec<u16> = listed.map(packed).collect();
    let mut jurisdictions = [0; JURISDICTIONS_MAX];
    jurisdictions[..listed.len()].copy_from_slice(&listed);
    PolicyRules {
        operator_kinds: rules.operator_kinds,
        customer_kinds: rules.customer_kinds,
        audit_tier_min: rules.tier_min,
        mode,
        jurisdiction_count: u8::try_from(listed.len()).expect("a short list"),
        _pad: 0,
        jurisdictions,
    }
}

/// What a customer leases from every operator: by a lease, and by a group.
fn leased(customer: u8, start: u64) -> Vec<Step> {
    let lease = LeaseDeal {
        rate: 50,
        epochs: 200,
        period: 2,
        sla_bps: 9_000,
        credit_bps: 1_000,
        cap_bps: 10_000,
        notice: 2,
        ..LeaseDeal::default()
    };
    let (number, operators) = (0, 0..OPERATORS);
    let leases = operators.clone().map(|operator| Step::LeaseOpen {
        customer,
        operator,
        deal: lease,
    });
    let open = Step::GroupOpen {
        customer,
        number,
        deal: GroupDeal {
            needed: 2,
            members_max: OPERATORS,
            start,
            lease,
        },
    };
    let joins = operators.map(|operator| Step::GroupJoin {
        customer,
        number,
        operator,
        agreed: true,
    });
    leases.chain([open]).chain(joins).collect()
}

impl Chain {
    /// A chain at work whose customers have credits.
    pub fn with_credits() -> Self {
        let mut chain = Self::at_work();
        let credits = 1_000_000;
        for customer in 0..CUSTOMERS {
            chain.must(&[
                Step::CreditsBuyStable {
                    customer,
                    credits,
                    most: u64::MAX,
                },
                Step::AccountDeposit { customer, credits },
            ]);
        }
        chain
    }

    /// The same with leases and groups, and a policy that admits none of those who have them.
    pub fn guarded() -> Self {
        let mut chain = Self::with_credits();
        let start = chain.model.epoch() + 1;
        for customer in 0..CUSTOMERS {
            chain.must(&leased(customer, start));
        }
        let create = Step::PolicyCreate {
            by: Actor::Authority,
            rules: trestle_model::PolicyRules {
                operator_kinds: 1,
                customer_kinds: 1,
                ..trestle_model::PolicyRules::default()
            },
        };
        chain.must(&[create, Step::Wait(4 * EPOCH), Step::PolicyApply]);
        chain
    }

    fn must(&mut self, steps: &[Step]) {
        for step in steps {
            assert_eq!(self.run(step), Ok(true), "{step:?}");
        }
    }

    pub fn issuer_at(&self, issuer: u8) -> Address {
        let key = key_of(Actor::Issuer(issuer)).pubkey();
        issuer_address(&self.world.network, &key).0
    }

    pub fn clearance_at(&self, issuer: u8, subject: Actor) -> Address {
        let subject = key_of(subject).pubkey();
        clearance_address(&self.issuer_at(issuer), &subject).0
    }

    /// The keys with which `by` acts for an issuer, rightfully or not.
    fn as_issuer(&self, by: Actor, issuer: u8) -> IssuerKeys {
        IssuerKeys {
            key: key_of(by),
            address: self.issuer_at(issuer),
        }
    }

    fn vouched(&self, who: Actor) -> Vouched {
        let issuer = self.model.shown(who);
        Vouched {
            issuer: self.issuer_at(issuer),
            clearance: self.clearance_at(issuer, who),
            credential: self.world.policy(),
        }
    }

    /// The instruction with what both parties show, if the service has a policy.
    pub fn admitted(&self, ix: Instruction, customer: u8, operator: u8) -> Instruction {
        if self.model.clearances.policy.is_none() {
            return ix;
        }
        let policy = self.world.policy();
        let shown = Shown {
            policy,
            operator: self.vouched(Actor::Operator(operator)),
            customer: self.vouched(Actor::Customer(customer)),
        };
        clearance::show(ix, &policy, &shown)
    }

    fn vouch(&self, vouch: &Vouch) -> ClearanceTerms {
        ClearanceTerms {
            kinds: vouch.kinds,
            jurisdiction: packed(vouch.country),
            audit_tier: vouch.tier,
            expires_at: self.world.svm.now() + vouch.seconds,
        }
    }

    /// Sends a step by which somebody is admitted, or is not.
    pub fn send_clearance(&mut self, step: &Step) -> Outcome {
        let world = &self.world;
        let (by, ix) = match *step {
            Step::IssuerAdmit { by, issuer, kinds } => {
                let key = key_of(Actor::Issuer(issuer)).pubkey();
                let params = IssuerParams {
                    kinds,
                    ..issuer_params(key)
                };
                (Some(by), world.issuer_admit(key_of(by).pubkey(), params))
            }
            Step::IssuerRevoke { by, issuer } => {
                let issuer = self.issuer_at(issuer);
                (Some(by), world.issuer_revoke(key_of(by).pubkey(), issuer))
            }
            Step::ClearanceGrant {
                by,
                issuer,
                subject,
                vouch,
            } => {
                let keys = self.as_issuer(by, issuer);
                let subject = key_of(subject).pubkey();
                let ix = world.clearance_grant(&keys, subject, self.vouch(&vouch));
                (Some(by), ix)
            }
            Step::ClearanceRevoke {
                by,
                issuer,
                subject,
            } => {
                let keys = self.as_issuer(by, issuer);
                let clearance = self.clearance_at(issuer, subject);
                (Some(by), world.clearance_revoke(&keys, clearance))
            }
            Step::ClearanceClose { issuer, subject } => {
                let keys = self.as_issuer(Actor::Issuer(issuer), issuer);
                let clearance = self.clearance_at(issuer, subject);
                (None, world.clearance_close(&keys, clearance))
            }
            _ => return self.send_policy(step),
        };
        self.sign(by, ix)
    }

    fn send_policy(&mut self, step: &Step) -> Outcome {
        let world = &self.world;
        let (by, ix) = match *step {
            Step::PolicyCreate { by, rules } => {
                let rules = policy_rules(&rules);
                (Some(by), world.policy_create(key_of(by).pubkey(), rules))
            }
            Step::PolicyPropose { by, rules } => {
                let (key, rules) = (key_of(by).pubkey(), policy_rules(&rules));
                (Some(by), world.policy_change_propose(key, rules))
            }
            Step::PolicyApply => (None, world.policy_change_apply()),
            Step::PolicyCancel { by } => {
                let ix = world.policy_change_cancel(key_of(by).pubkey());
                (Some(by), ix)
            }
            _ => unreachable!("no step of clearances: {step:?}"),
        };
        self.sign(by, ix)
    }
}
