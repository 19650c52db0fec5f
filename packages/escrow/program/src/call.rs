//! Calls of other programs: the system program's and the token program's, all through one door.

use crate::Outcome;
use pinocchio::{
    cpi::{invoke_signed_with_bounds, Signer},
    instruction::InstructionView,
    AccountView,
};

const MOST_ACCOUNTS: usize = 4;

#[inline(never)]
pub fn call(instruction: &InstructionView, accounts: &[&AccountView], signers: &[Signer]) -> Outcome {
    Ok(invoke_signed_with_bounds::<MOST_ACCOUNTS, _>(instruction, accounts, signers)?)
}
