//! Issuers, clearances and policies of the test network, and builders of their instructions.

use {
    crate::{
        staking::World,
        svm::{Outcome, Sent},
    },
    anchor_lang::{programs::System, Id},
    solana_address::Address,
    solana_instruction::Instruction,
    solana_keypair::Keypair,
    solana_signer::Signer,
    trestle_core::{
        attestation::{
            ATTESTATION_DISCRIMINATOR, CREDENTIAL_DISCRIMINATOR, NOWHERE, SEED_ATTESTATION,
        },
        clearance::{Jurisdiction, KINDS_ALL, KIND_KYC},
    },
    trestle_staking::{
        accounts,
        address::{clearance_address, issuer_address, policy_address},
        constants::{ATTESTATION_SERVICE_ID, ISSUER_ATTESTATIONS, ISSUER_NATIVE},
        groups::client,
        instruction,
        state::{
            Clearance, ClearanceTerms, Issuer, IssuerParams, PolicyRules, Service, ServicePolicy,
        },
    },
};

/// Seconds of a year.
pub const YEAR: i64 = 31_536_000;

/// An issuer and its key.
pub struct IssuerKeys {
    pub key: Keypair,
    /// The issuer account.
    pub address: Address,
}

/// The packed jurisdiction of two letters.
pub fn country(letters: &[u8; 2]) -> u16 {
    Jurisdiction::from_letters(*letters)
        .expect("capital letters")
        .pack()
}

/// An issuer that may sign everything.
pub fn issuer_params(authority: Address) -> IssuerParams {
    IssuerParams {
        authority,
        source: ISSUER_NATIVE,
        kinds: KINDS_ALL,
        schema: Address::default(),
        jurisdiction_at: NOWHERE,
        tier_at: NOWHERE,
        name: "Example Verify GmbH".to_string(),
    }
}

/// A credential whose attestations vouch for all kinds, with the country first and then the tier.
pub fn credential_params(credential: Address, schema: Address) -> IssuerParams {
    IssuerParams {
        source: ISSUER_ATTESTATIONS,
        schema,
        jurisdiction_at: 4,
        tier_at: 6,
        ..issuer_params(credential)
    }
}

/// Everything there is, for a resident of Germany, for a year.
pub fn full_terms(now: i64) -> ClearanceTerms {
    ClearanceTerms {
        kinds: KINDS_ALL,
        jurisdiction: country(b"DE"),
        audit_tier: 2,
        expires_at: now + YEAR,
    }
}

/// Rules that ask both parties for these kinds.
pub fn asking(operator_kinds: u32, customer_kinds: u32) -> PolicyRules {
    PolicyRules {
        operator_kinds,
        customer_kinds,
        ..PolicyRules::default()
    }
}

/// The rules with a list of jurisdictions.
pub fn listing(rules: PolicyRules, mode: u8, countries: &[&[u8; 2]]) -> PolicyRules {
    let mut jurisdictions = [0; 32];
    for (slot, letters) in jurisdictions.iter_mut().zip(countries) {
        *slot = country(letters);
    }
    PolicyRules {
        mode,
        jurisdiction_count: u8::try_from(countries.len()).expect("a short list"),
        jurisdictions,
        ..rules
    }
}

/// What vouches for one party.
#[derive(Clone, Copy)]
pub struct Vouched {
    pub issuer: Address,
    pub clearance: Address,
    pub credential: Address,
}

/// What an instruction shows for its admission.
#[derive(Clone, Copy)]
pub struct Shown {
    pub policy: Address,
    pub operator: Vouched,
    pub customer: Vouched,
}

/// Puts this in the place of what an instruction shows under a policy.
pub fn show(mut ix: Instruction, policy: &Address, shown: &Shown) -> Instruction {
    let position = ix
        .accounts
        .iter()
        .position(|meta| meta.pubkey == *policy)
        .expect("an instruction that shows the policy");
    let addresses = [
        shown.policy,
        shown.operator.issuer,
        shown.operator.clearance,
        shown.operator.credential,
        shown.customer.issuer,
        shown.customer.clearance,
        shown.customer.credential,
    ];
    let places = &mut ix.accounts[position..position + addresses.len()];
    for (meta, address) in places.iter_mut().zip(addresses) {
        meta.pubkey = address;
    }
    ix
}

/// The bytes of an attestation, as the service writes them.
pub fn attestation_data(
    [nonce, credential, schema, signer]: [&Address; 4],
    data: &[u8],
    expiry: i64,
) -> Vec<u8> {
    let len = u32::try_from(data.len()).expect("short data");
    let mut bytes = vec![ATTESTATION_DISCRIMINATOR];
    for key in [nonce, credential, schema] {
        bytes.extend_from_slice(key.as_ref());
    }
    bytes.extend_from_slice(&len.to_le_bytes());
    bytes.extend_from_slice(data);
    bytes.extend_from_slice(signer.as_ref());
    bytes.extend_from_slice(&expiry.to_le_bytes());
    bytes.extend_from_slice(&[0; 32]);
    bytes
}

/// The bytes of a credential with these authorized signers.
pub fn credential_data(signers: &[Address]) -> Vec<u8> {
    let name = b"TEST-ORGANIZATION";
    let mut bytes = vec![CREDENTIAL_DISCRIMINATOR];
    bytes.extend_from_slice(&[9; 32]);
    bytes.extend_from_slice(&u32::try_from(name.len()).expect("short").to_le_bytes());
    bytes.extend_from_slice(name);
    bytes.extend_from_slice(&u32::try_from(signers.len()).expect("few").to_le_bytes());
    for signer in signers {
        bytes.extend_from_slice(signer.as_ref());
    }
    bytes
}

impl World {
    /// An admitted issuer that may sign everything.
    pub fn issuer(&mut self, name: &str) -> IssuerKeys {
        let key = self.svm.funded(name);
        let ix = self.issuer_admit(self.authority.pubkey(), issuer_params(key.pubkey()));
        self.svm.must(&[ix], &[&self.authority]);
        IssuerKeys {
            address: issuer_address(&self.network, &key.pubkey()).0,
            key,
        }
    }

    /// Clears a wallet and returns the clearance.
    pub fn clear(
        &mut self,
        issuer: &IssuerKeys,
        subject: Address,
        terms: ClearanceTerms,
    ) -> Address {
        self.grant(issuer, subject, terms).expect("a clearance");
        clearance_address(&issuer.address, &subject).0
    }

    pub fn grant(
        &mut self,
        issuer: &IssuerKeys,
        subject: Address,
        terms: ClearanceTerms,
    ) -> Outcome {
        let ix = self.clearance_grant(issuer, subject, terms);
        self.svm.send(&[ix], &[&issuer.key])
    }

    /// Gives the service a policy that holds at once: nobody can rely on what was before.
    pub fn impose(&mut self, rules: PolicyRules) -> Sent {
        let service = self.service;
        let mut operators = 0;
        self.svm.edit::<Service>(&service, |service| {
            operators = service.operator_count;
            service.operator_count = 0;
        });
        let ix = if self.svm.raw(&policy_address(&service).0).is_some() {
            self.policy_change_propose(self.authority.pubkey(), rules)
        } else {
            self.policy_create(self.authority.pubkey(), rules)
        };
        let sent = self.svm.must(&[ix], &[&self.authority]);
        self.svm
            .edit::<Service>(&service, |service| service.operator_count = operators);
        sent
    }

    /// Writes a credential of the Solana Attestation Service with one authorized signer, and admits
    /// it as an issuer. Returns the credential, the schema and the signer.
    pub fn credential(&mut self) -> [Address; 3] {
        let [credential, schema, signer] = [(); 3].map(|()| self.svm.fresh_address());
        self.svm.put(
            credential,
            ATTESTATION_SERVICE_ID,
            credential_data(&[signer]),
        );
        let params = credential_params(credential, schema);
        let ix = self.issuer_admit(self.authority.pubkey(), params);
        self.svm.must(&[ix], &[&self.authority]);
        [credential, schema, signer]
    }

    /// Writes an attestation of a wallet as the service would: a text of two letters, and a tier.
    pub fn attest(
        &mut self,
        [credential, schema, signer]: [Address; 3],
        subject: Address,
        expiry: i64,
    ) -> Vouched {
        let data = [&2_u32.to_le_bytes()[..], b"DE", &[2]].concat();
        let seeds = [
            SEED_ATTESTATION,
            credential.as_ref(),
            schema.as_ref(),
            subject.as_ref(),
        ];
        let (address, _) = Address::find_program_address(&seeds, &ATTESTATION_SERVICE_ID);
        let bytes = attestation_data([&subject, &credential, &schema, &signer], &data, expiry);
        self.svm.put(address, ATTESTATION_SERVICE_ID, bytes);
        Vouched {
            issuer: issuer_address(&self.network, &credential).0,
            clearance: address,
            credential,
        }
    }

    pub fn issuer_state(&self, address: &Address) -> Issuer {
        self.svm.get(address)
    }

    pub fn clearance_state(&self, address: &Address) -> Clearance {
        self.svm.get(address)
    }

    pub fn policy(&self) -> Address {
        policy_address(&self.service).0
    }

    pub fn policy_state(&self) -> ServicePolicy {
        self.svm.get(&self.policy())
    }

    /// An issuer's clearance of a wallet.
    pub fn vouched(&self, issuer: &IssuerKeys, subject: &Address) -> Vouched {
        Vouched {
            issuer: issuer.address,
            clearance: clearance_address(&issuer.address, subject).0,
            credential: self.policy(),
        }
    }

    /// Nothing for either party: the policy's address in every place.
    pub fn nothing_shown(&self) -> client::Admission {
        let policy = self.policy();
        let nothing = || client::Voucher {
            issuer: policy,
            clearance: policy,
            credential: policy,
        };
        client::Admission {
            policy,
            operator: nothing(),
            customer: nothing(),
        }
    }
}

/// The instructions, one builder each.
impl World {
    pub fn issuer_admit(&self, authority: Address, params: IssuerParams) -> Instruction {
        let issuer = issuer_address(&self.network, &params.authority).0;
        instruction::IssuerAdmit { params }.to_instruction(accounts::IssuerAdmit {
            authority,
            network: self.network,
            issuer,
            system_program: System::id(),
        })
    }

    pub fn issuer_revoke(&self, authority: Address, issuer: Address) -> Instruction {
        instruction::IssuerRevoke {}.to_instruction(accounts::IssuerRevoke {
            authority,
            network: self.network,
            issuer,
        })
    }

    pub fn clearance_grant(
        &self,
        issuer: &IssuerKeys,
        subject: Address,
        terms: ClearanceTerms,
    ) -> Instruction {
        instruction::ClearanceGrant { subject, terms }.to_instruction(accounts::ClearanceGrant {
            authority: issuer.key.pubkey(),
            issuer: issuer.address,
            clearance: clearance_address(&issuer.address, &subject).0,
            system_program: System::id(),
        })
    }

    pub fn clearance_revoke(&self, issuer: &IssuerKeys, clearance: Address) -> Instruction {
        instruction::ClearanceRevoke {}.to_instruction(accounts::ClearanceRevoke {
            authority: issuer.key.pubkey(),
            issuer: issuer.address,
            clearance,
        })
    }

    pub fn clearance_close(&self, issuer: &IssuerKeys, clearance: Address) -> Instruction {
        instruction::ClearanceClose {}.to_instruction(accounts::ClearanceClose {
            recipient: issuer.key.pubkey(),
            issuer: issuer.address,
            clearance,
        })
    }

    pub fn policy_create(&self, authority: Address, rules: PolicyRules) -> Instruction {
        instruction::PolicyCreate { rules }.to_instruction(accounts::PolicyCreate {
            authority,
            network: self.network,
            service: self.service,
            policy: self.policy(),
            system_program: System::id(),
        })
    }

    pub fn policy_change_propose(&self, authority: Address, rules: PolicyRules) -> Instruction {
        instruction::PolicyChangePropose { rules }.to_instruction(accounts::PolicyChangePropose {
            authority,
            change: self.policy_group(),
        })
    }

    pub fn policy_change_apply(&self) -> Instruction {
        instruction::PolicyChangeApply {}.to_instruction(accounts::PolicyChangeApply {
            change: self.policy_group(),
        })
    }

    pub fn policy_change_cancel(&self, authority: Address) -> Instruction {
        instruction::PolicyChangeCancel {}.to_instruction(accounts::PolicyChangeCancel {
            authority,
            change: self.policy_group(),
        })
    }

    fn policy_group(&self) -> client::PolicyChange {
        client::PolicyChange {
            network: self.network,
            service: self.service,
            policy: self.policy(),
        }
    }
}

/// Rules that ask both parties to be known.
pub fn known_parties() -> PolicyRules {
    asking(KIND_KYC, KIND_KYC)
}
