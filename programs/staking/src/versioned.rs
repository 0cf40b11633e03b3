//! Accounts of the four programs, as any of them loads one: owner, kind, length and layout.
//!
//! An account begins with the version of its layout. A program refuses one whose version it does
//! not know, whether it writes the account or only reads it: bytes of another layout mean something
//! else. This is checked where an account is loaded, so that no instruction can leave it out.

use {
    anchor_lang::{
        accounts::{Slab, SlabInit, SlabSchema},
        prelude::*,
        Discriminator, Owner,
    },
    bytemuck::{Pod, Zeroable},
    core::ops::{Deref, DerefMut},
};

/// What an account holds, beginning with a byte for the version of its layout.
pub trait Layout: Owner + Discriminator + Pod {
    /// The version that programs of this release read and write.
    const VERSION: u8;
}

/// A `T` whose account still says an earlier version of its layout, for the one instruction that
/// brings it to the present one. A layout keeps its length: what it learns takes of its room.
#[repr(transparent)]
#[derive(Clone, Copy, Pod, Zeroable)]
pub struct Earlier<T, const VERSION: u8> {
    /// The bytes as the present layout reads them.
    pub account: T,
}

impl<T: Owner, const VERSION: u8> Owner for Earlier<T, VERSION> {
    const OWNER: Address = T::OWNER;
}

impl<T: Discriminator, const VERSION: u8> Discriminator for Earlier<T, VERSION> {
    const DISCRIMINATOR: &'static [u8] = T::DISCRIMINATOR;
}

impl<T: Layout, const VERSION: u8> Layout for Earlier<T, VERSION> {
    const VERSION: u8 = VERSION;
}

/// An account of any other layout is refused with `CODE`, an error of the program that loads it.
/// Each program names this type once, with its own.
pub type VersionedAccount<T, const CODE: u32> = Slab<Versioned<T, CODE>>;

/// What is in such an account.
#[repr(transparent)]
#[derive(Clone, Copy, Pod, Zeroable)]
pub struct Versioned<T, const CODE: u32>(T);

impl<T, const CODE: u32> Deref for Versioned<T, CODE> {
    type Target = T;

    #[inline(always)]
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T, const CODE: u32> DerefMut for Versioned<T, CODE> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T: Layout, const CODE: u32> SlabSchema for Versioned<T, CODE> {
    const DATA_OFFSET: usize = T::DATA_OFFSET;
    const MIN_DATA_LEN: usize = T::MIN_DATA_LEN;

    #[inline(always)]
    fn validate(view: &AccountView, data: &[u8]) -> Result<()> {
        T::validate(view, data)?;
        let version = data.get(T::DATA_OFFSET).copied();
        require!(version == Some(T::VERSION), Error::Custom(CODE));
        Ok(())
    }
}

impl<T: Layout, const CODE: u32> SlabInit for Versioned<T, CODE> {
    type Params<'a> = ();

    #[inline(always)]
    fn create_and_initialize<'a>(
        payer: &AccountView,
        account: &AccountView,
        space: usize,
        params: &(),
        signer_seeds: Option<&[&[u8]]>,
        payer_signer_seeds: Option<&[&[u8]]>,
    ) -> Result<()> {
        T::create_and_initialize(
            payer,
            account,
            space,
            params,
            signer_seeds,
            payer_signer_seeds,
        )
    }
}

/// Described as what it holds.
impl<T: IdlAccountType, const CODE: u32> IdlAccountType for Versioned<T, CODE> {
    const __IDL_ACCOUNT_ENTRY: Option<&'static str> = T::__IDL_ACCOUNT_ENTRY;
    const __IDL_TYPE_DEF: Option<&'static str> = T::__IDL_TYPE_DEF;

    fn __idl_account_entry() -> Option<&'static str> {
        T::__idl_account_entry()
    }

    fn __idl_type_def() -> Option<&'static str> {
        T::__idl_type_def()
    }

    fn __register_idl_deps(
        accounts: &mut anchor_lang::__alloc::vec::Vec<&'static str>,
        types: &mut anchor_lang::__alloc::vec::Vec<&'static str>,
    ) {
        T::__register_idl_deps(accounts, types);
    }
}

/// Described as what it holds.
impl<T: IdlAccountType, const VERSION: u8> IdlAccountType for Earlier<T, VERSION> {
    const __IDL_ACCOUNT_ENTRY: Option<&'static str> = T::__IDL_ACCOUNT_ENTRY;
    const __IDL_TYPE_DEF: Option<&'static str> = T::__IDL_TYPE_DEF;

    fn __idl_account_entry() -> Option<&'static str> {
        T::__idl_account_entry()
    }

    fn __idl_type_def() -> Option<&'static str> {
        T::__idl_type_def()
    }

    fn __register_idl_deps(
        accounts: &mut anchor_lang::__alloc::vec::Vec<&'static str>,
        types: &mut anchor_lang::__alloc::vec::Vec<&'static str>,
    ) {
        T::__register_idl_deps(accounts, types);
    }
}
