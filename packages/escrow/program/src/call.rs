//! Calls of other programs: the system program's and the token program's, all through one door.

use crate::{generated::EscrowError, require, Outcome};
use core::{mem::MaybeUninit, slice};
use pinocchio::{
    cpi::{invoke_signed_unchecked, CpiAccount, Signer},
    instruction::{InstructionAccount, InstructionView},
    AccountView, Address,
};

const MOST_ACCOUNTS: usize = 4;

/// What an account is to the program that is called.
pub struct Party<'a> {
    account: &'a AccountView,
    writable: bool,
    signer: bool,
}

impl<'a> Party<'a> {
    #[inline(always)]
    pub fn new(account: &'a AccountView, writable: bool, signer: bool) -> Self {
        Party { account, writable, signer }
    }
}

pub struct Message<'a> {
    pub program: &'a Address,
    pub data: &'a [u8],
}

#[inline(never)]
pub fn call(message: &Message, parties: &[Party], signers: &[Signer]) -> Outcome {
    call_here(message, parties, signers)
}

/// The same where it stands, which is cheaper and larger. The called program may write only what nothing here holds the
/// bytes of.
#[inline(always)]
pub fn call_here(message: &Message, parties: &[Party], signers: &[Signer]) -> Outcome {
    let mut named = [const { MaybeUninit::<InstructionAccount>::uninit() }; MOST_ACCOUNTS];
    let mut passed = [const { MaybeUninit::<CpiAccount>::uninit() }; MOST_ACCOUNTS];
    require(parties.len() <= MOST_ACCOUNTS, EscrowError::AccountCountWrong)?;
    // By index, because what is zipped is checked for its end three times.
    for index in 0..parties.len() {
        let Party { account, writable, signer } = &parties[index];
        if *writable {
            account.check_borrow_mut()?;
        }
        named[index].write(InstructionAccount::new(account.address(), *writable, *signer));
        passed[index].write(CpiAccount::from(*account));
    }
    // SAFETY: as many of both were written as there are parties, in one order, and nothing holds the bytes of those that
    // the call may write.
    unsafe {
        let accounts = slice::from_raw_parts(named.as_ptr().cast(), parties.len());
        let instruction = InstructionView { program_id: message.program, accounts, data: message.data };
        invoke_signed_unchecked(&instruction, slice::from_raw_parts(passed.as_ptr().cast(), parties.len()), signers);
    }
    Ok(())
}
