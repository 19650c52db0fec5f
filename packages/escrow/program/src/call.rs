//! Calls of other programs: the system program's and the token program's, all through one door.

use crate::{generated::EscrowError, require, Outcome};
use core::{mem::MaybeUninit, ptr, slice};
use pinocchio::{
    cpi::{invoke_signed_unchecked, CpiAccount, Signer},
    instruction::InstructionView,
    AccountView,
};

const MOST_ACCOUNTS: usize = 4;

/// Checks what pinocchio's own call checks, cheaper by one thing: the instruction takes the addresses of these very
/// accounts and not copies, so that their place is compared and not their bytes.
#[inline(never)]
pub fn call(instruction: &InstructionView, accounts: &[&AccountView], signers: &[Signer]) -> Outcome {
    let mut passed = [const { MaybeUninit::<CpiAccount>::uninit() }; MOST_ACCOUNTS];
    require(accounts.len() == instruction.accounts.len() && accounts.len() <= MOST_ACCOUNTS, EscrowError::AccountCountWrong)?;
    for ((account, named), place) in accounts.iter().zip(instruction.accounts).zip(&mut passed) {
        require(ptr::eq(account.address(), named.address), EscrowError::AccountTwice)?;
        if named.is_writable {
            account.check_borrow_mut()?;
        }
        place.write(CpiAccount::from(*account));
    }
    // SAFETY: as many accounts were written, and nothing holds the bytes of those that the call may write.
    unsafe { invoke_signed_unchecked(instruction, slice::from_raw_parts(passed.as_ptr().cast(), accounts.len()), signers) };
    Ok(())
}
