//! The mint of a network's credits.

use {
    crate::{
        constants::{CREDIT_DECIMALS, CREDIT_NAME, CREDIT_SYMBOL},
        error::CreditsError,
        state::Market,
    },
    anchor_lang::{
        prelude::*,
        system_program::{transfer, Transfer},
    },
    anchor_spl::{
        token_2022::{initialize_mint2, InitializeMint2},
        token_2022_extensions::{
            metadata_pointer_initialize, non_transferable_mint_initialize,
            token_metadata_initialize, MetadataPointerInitialize, NonTransferableMintInitialize,
            TokenMetadataInitialize,
        },
    },
    trestle_core::seeds::SEED_CREDIT_MINT,
};

/// Bytes of a mint with the extensions NonTransferable and MetadataPointer: account and its kind
/// 166, an empty extension 4, a pointer to authority and metadata 68. A test compares with SPL.
pub const MINT_BYTES: usize = 238;

/// Bytes of the metadata without its texts: type and length 4, authority and mint 64, four lengths
/// of 4. A test compares with SPL.
const METADATA_FIXED_BYTES: usize = 84;

/// Bytes of a mint with its metadata.
pub fn mint_bytes_with_metadata(uri: &str) -> Result<usize> {
    [
        METADATA_FIXED_BYTES,
        CREDIT_NAME.len(),
        CREDIT_SYMBOL.len(),
        uri.len(),
    ]
    .iter()
    .try_fold(MINT_BYTES, |sum, part| sum.checked_add(*part))
    .ok_or_else(|| CreditsError::MathOverflow.into())
}

/// Everything that takes part in creating a mint.
pub struct CreditMint<'a> {
    pub payer: &'a mut Signer,
    pub network: Address,
    pub market: &'a Account<Market>,
    pub mint: &'a mut UncheckedAccount,
    pub mint_bump: u8,
    pub token_2022_program: &'a Program<Token2022>,
    pub system_program: &'a Program<System>,
}

impl CreditMint<'_> {
    /// Creates the mint. Extensions come before the mint, which fixes them; metadata after it.
    pub fn create(&mut self, uri: &str) -> Result<()> {
        self.allocate(uri)?;
        let program = self.token_2022_program.address();
        let mint = *self.mint.address();
        metadata_pointer_initialize(
            CpiContext::new(
                program,
                MetadataPointerInitialize {
                    mint: self.mint.try_cpi_handle_mut()?,
                },
            ),
            None,
            Some(&mint),
        )?;
        non_transferable_mint_initialize(CpiContext::new(
            program,
            NonTransferableMintInitialize {
                mint: self.mint.try_cpi_handle_mut()?,
            },
        ))?;
        initialize_mint2(
            CpiContext::new(
                program,
                InitializeMint2 {
                    mint: self.mint.try_cpi_handle_mut()?,
                },
            ),
            CREDIT_DECIMALS,
            self.market.address(),
            None,
        )?;
        self.describe(uri)
    }

    /// Creates the account, with the rent of the metadata that the token program adds later.
    fn allocate(&mut self, uri: &str) -> Result<()> {
        create_account_signed(
            self.payer.account(),
            self.mint.account(),
            MINT_BYTES,
            self.token_2022_program.address(),
            &[SEED_CREDIT_MINT, self.network.as_ref(), &[self.mint_bump]],
        )?;
        let needed = Rent::get()?.try_minimum_balance(mint_bytes_with_metadata(uri)?)?;
        let missing = needed.saturating_sub(self.mint.account().lamports());
        let accounts = Transfer {
            from: self.payer.try_cpi_handle_mut()?,
            to: self.mint.try_cpi_handle_mut()?,
        };
        transfer(
            CpiContext::new(self.system_program.address(), accounts),
            missing,
        )
    }

    fn describe(&mut self, uri: &str) -> Result<()> {
        let metadata = *self.mint.account();
        let signer = self.market.signer();
        let accounts = TokenMetadataInitialize {
            metadata: self.mint.try_cpi_handle_mut()?,
            update_authority: self.market.cpi_handle(),
            mint: CpiHandle::readonly(&metadata),
            mint_authority: self.market.cpi_handle(),
        };
        let seeds = signer.seeds();
        let signers = [seeds.as_slice()];
        token_metadata_initialize(
            CpiContext::new_with_signer(self.token_2022_program.address(), accounts, &signers),
            CREDIT_NAME.into(),
            CREDIT_SYMBOL.into(),
            uri.into(),
        )
    }
}
