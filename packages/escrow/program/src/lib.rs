//! Escrow for bounties: one account per deposit, nothing pooled. What each instruction promises stands in its file.
#![no_std]

mod account;
mod address;
mod close;
mod create_account;
mod create_operator;
mod event;
mod field;
mod fund_sol;
pub mod generated;
mod refund;
mod terms;

use generated::{EscrowError, INSTRUCTION_CLOSE, INSTRUCTION_CREATE_OPERATOR, INSTRUCTION_FUND_SOL, INSTRUCTION_REFUND};
use pinocchio::{error::ProgramError, no_allocator, nostd_panic_handler, program_entrypoint, AccountView, Address, ProgramResult};

// One more than any instruction takes, so that an account too many is seen.
const MAX_ACCOUNTS: usize = 5;

program_entrypoint!(process_instruction, MAX_ACCOUNTS);
no_allocator!();
nostd_panic_handler!();

pub fn process_instruction(program: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
    match data.first() {
        Some(&INSTRUCTION_CREATE_OPERATOR) => create_operator::create_operator(program, accounts, data),
        Some(&INSTRUCTION_FUND_SOL) => fund_sol::fund_sol(program, accounts, data),
        Some(&INSTRUCTION_REFUND) => refund::refund(program, accounts, data),
        Some(&INSTRUCTION_CLOSE) => close::close(program, accounts, data),
        _ => Err(EscrowError::InstructionUnknown.into()),
    }
}

impl From<EscrowError> for ProgramError {
    fn from(error: EscrowError) -> Self {
        ProgramError::Custom(error as u32)
    }
}

impl TryFrom<u32> for EscrowError {
    type Error = u32;

    fn try_from(number: u32) -> Result<Self, u32> {
        generated::ERRORS.into_iter().find(|error| *error as u32 == number).ok_or(number)
    }
}

/// `Ok` where the condition holds, the error where it doesn't.
#[inline(always)]
fn require(condition: bool, error: EscrowError) -> Result<(), ProgramError> {
    if condition {
        Ok(())
    } else {
        Err(error.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_number_comes_back_as_its_error() {
        for error in generated::ERRORS {
            assert_eq!(EscrowError::try_from(error as u32), Ok(error));
            assert_eq!(ProgramError::from(error), ProgramError::Custom(error as u32));
        }
        assert_eq!(EscrowError::try_from(0), Err(0));
    }

    #[test]
    fn unknown_instructions_are_refused() {
        for data in [&[][..], &[0], &[2], &[255, 1, 2]] {
            assert_eq!(process_instruction(&Address::new_from_array([1; 32]), &mut [], data), Err(EscrowError::InstructionUnknown.into()));
        }
    }
}
