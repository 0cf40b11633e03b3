//! The mint of a network's credits.
//!
//! The calls that create it are packed by hand: the general helpers would take a third of this
//! program's size. A test compares the bytes with the SPL crates' own encoders.

use {
    crate::{constants::CREDIT_DECIMALS, error::CreditsError, state::MarketSigner},
    anchor_lang::{
        cpi::{CpiSeed as Seed, CpiSigner, InstructionAccount, InstructionView},
        pinocchio::cpi::{invoke_signed_unchecked, CpiAccount},
        prelude::*,
    },
    trestle_core::seeds::SEED_CREDIT_MINT,
};

/// Bytes of a mint with the extensions NonTransferable and MetadataPointer: account and its kind
/// 166, an empty extension 4, a pointer to authority and metadata 68.
pub const MINT_BYTES: usize = 238;
/// Bytes of the metadata without its texts: type and length 4, authority and mint 64, the lengths
/// of the address and of an empty list 8.
const METADATA_FIXED_BYTES: usize = 76;

/// Instruction number of the system program.
const SYSTEM_TRANSFER: u8 = 2;
/// Instruction numbers of the token program.
const INITIALIZE_MINT_2: u8 = 20;
const INITIALIZE_NON_TRANSFERABLE: u8 = 32;
const METADATA_POINTER: u8 = 39;
const METADATA_POINTER_INITIALIZE: u8 = 0;
/// First eight bytes of `sha256("spl_token_metadata_interface:initialize_account")`.
const METADATA_INITIALIZE: [u8; 8] = [210, 225, 30, 162, 88, 184, 77, 141];
/// What wallets show, as the token program stores it: name and symbol, each behind its length.
const METADATA_TEXTS: &[u8] = b"\x13\0\0\0Trestle Data Credit\x02\0\0\0DC";

/// Bytes of a mint with its metadata.
pub fn mint_bytes_with_metadata(uri: &str) -> Result<usize> {
    MINT_BYTES
        .checked_add(METADATA_FIXED_BYTES)
        .and_then(|sum| sum.checked_add(METADATA_TEXTS.len()))
        .and_then(|sum| sum.checked_add(uri.len()))
        .ok_or_else(|| CreditsError::MathOverflow.into())
}

/// Data of the call that points the mint to itself as its metadata, for good.
pub fn metadata_pointer_data(mint: &Address) -> Vec<u8> {
    let mut data = vec![METADATA_POINTER, METADATA_POINTER_INITIALIZE];
    // Whoever may change the pointer: nobody.
    data.extend_from_slice(&[0; 32]);
    data.extend_from_slice(mint.as_ref());
    data
}

/// Data of the call that makes the mint's tokens stay where they are.
pub fn non_transferable_data() -> Vec<u8> {
    vec![INITIALIZE_NON_TRANSFERABLE]
}

/// Data of the call that initialises the mint without a freeze authority.
pub fn initialize_mint_data(authority: &Address) -> Vec<u8> {
    let mut data = vec![INITIALIZE_MINT_2, CREDIT_DECIMALS];
    data.extend_from_slice(authority.as_ref());
    data.push(0);
    data
}

/// Data of the call that writes the metadata.
pub fn metadata_data(uri: &str) -> Result<Vec<u8>> {
    let len = u32::try_from(uri.len()).map_err(|_| CreditsError::BadUri)?;
    let mut data = METADATA_INITIALIZE.to_vec();
    data.extend_from_slice(METADATA_TEXTS);
    data.extend_from_slice(&len.to_le_bytes());
    data.extend_from_slice(uri.as_bytes());
    Ok(data)
}

/// Everything that takes part in creating a mint.
pub struct CreditMint<'a> {
    /// Signer that pays the rent.
    pub payer: &'a AccountView,
    pub network: &'a Address,
    /// The mint's authority.
    pub market: &'a AccountView,
    pub market_signer: MarketSigner,
    /// The address of the mint, where nothing is yet.
    pub mint: &'a AccountView,
    pub mint_bump: u8,
    pub token_2022_program: &'a Address,
    pub system_program: &'a Address,
}

impl CreditMint<'_> {
    /// Creates the mint. Extensions come before the mint, which fixes them; metadata after it.
    pub fn create(&self, uri: &str) -> Result<()> {
        self.allocate(uri)?;
        self.initialize(&metadata_pointer_data(self.mint.address()));
        self.initialize(&non_transferable_data());
        self.initialize(&initialize_mint_data(self.market.address()));
        self.describe(&metadata_data(uri)?);
        Ok(())
    }

    /// Creates the account, with the rent of the metadata that the token program adds later.
    fn allocate(&self, uri: &str) -> Result<()> {
        let needed = Rent::get()?.try_minimum_balance(mint_bytes_with_metadata(uri)?)?;
        let missing = needed.saturating_sub(self.mint.lamports());
        let [a, b, c, d, e, f, g, h] = missing.to_le_bytes();
        let data = [SYSTEM_TRANSFER, 0, 0, 0, a, b, c, d, e, f, g, h];
        let metas = [
            InstructionAccount::writable_signer(self.payer.address()),
            InstructionAccount::writable(self.mint.address()),
        ];
        call(
            self.system_program,
            &data,
            &metas,
            &[self.payer, self.mint],
            &[],
        );
        create_account_signed(
            self.payer,
            self.mint,
            MINT_BYTES,
            self.token_2022_program,
            &[SEED_CREDIT_MINT, self.network.as_ref(), &[self.mint_bump]],
        )
    }

    fn initialize(&self, data: &[u8]) {
        let metas = [InstructionAccount::writable(self.mint.address())];
        call(self.token_2022_program, data, &metas, &[self.mint], &[]);
    }

    fn describe(&self, data: &[u8]) {
        let (mint, market) = (self.mint.address(), self.market.address());
        let metas = [
            InstructionAccount::writable(mint),
            InstructionAccount::readonly(market),
            InstructionAccount::readonly(mint),
            InstructionAccount::readonly_signer(market),
        ];
        let views = [self.mint, self.market, self.mint, self.market];
        let seeds = self.market_signer.seeds().map(Seed::from);
        let signers = [CpiSigner::from(&seeds)];
        call(self.token_2022_program, data, &metas, &views, &signers);
    }
}

/// One copy serves all calls, whatever number of accounts they take.
#[inline(never)]
fn call(
    program: &Address,
    data: &[u8],
    metas: &[InstructionAccount],
    views: &[&AccountView],
    signers: &[CpiSigner],
) {
    let accounts: Vec<CpiAccount> = views.iter().map(|view| CpiAccount::from(*view)).collect();
    let instruction = InstructionView {
        program_id: program,
        accounts: metas,
        data,
    };
    // SAFETY: nothing refers to the data of the writable accounts meanwhile: the payer has none,
    // and the mint is only ever reached through its view.
    unsafe { invoke_signed_unchecked(&instruction, &accounts, signers) };
}
